"""Events through the warm worker: served, survived, and the same bytes as a build of everything."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import requests

from benchmarks.receiver_process import receiving
from ingestion.signatures import STANDARD_WEBHOOKS
from orchestration.worker.address import PROCESS_TAG, is_there
from tests.conftest import REPOSITORY, Vouch, unpaced_config
from tests.orchestration.arriving import answer, answers, arrive, position, runs, until

pytestmark = pytest.mark.slow

DROPPED = (
    "respondent_email,score,comment,submitted_at,company_key\n"
    "ada@example.com,9,quick and clear,2026-10-15T10:00:00Z,\n"
)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OWN = (
    b'{"type": "survey_answer.created", "timestamp": "2026-10-15T10:00:04Z", "data": {"id": '
    b'"a-4711", "respondent_email": "ann.lee@client.example", "score": 3, "comment": "", '
    b'"submitted_at": "2026-10-15T10:00:00Z", "company_key": ""}}'
)


@pytest.fixture(scope="module")
def vouch(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> Vouch:
    """A home of this module's own."""
    folder = tmp_path_factory.mktemp("worker")
    shutil.copytree(built.home, folder / "home")
    config = unpaced_config(folder, f'[sources.own]\nwebhook_secrets = ["{SECRET}"]\n')
    return Vouch(folder / "home", built.environment | {"VOUCH_CONFIG": str(config)})


@contextmanager
def at_work(vouch: Vouch, code: Path = REPOSITORY) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker over the home, ready."""
    with (vouch.home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration", "worker"],
            cwd=code,
            env={**os.environ, "VOUCH_HOME": str(vouch.home), **vouch.environment},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: process.poll() is not None or is_there(vouch.home))
        assert process.poll() is None, (vouch.home / "server.log").read_text()
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def worker(vouch: Vouch) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker of this code."""
    with at_work(vouch) as process:
        yield process


def test_dbts_statements_are_kept_and_one_that_fails_is_left_to_dbt(vouch: Vouch) -> None:
    with duckdb.connect(str(vouch.home / "warehouse.duckdb")) as warehouse:
        row = warehouse.execute(
            "select count(*) from landing.built where statement like '%create or replace%'"
        ).fetchone()
        assert row is not None and row[0] > 150
        # Whatever the next events build, they can only build it through dbt.
        warehouse.execute(
            "update landing.built set statement = 'select nothing' where node like '%fct_survey%'"
        )


def test_a_burst_is_one_run_and_a_killed_run_is_made_good(
    vouch: Vouch, worker: "subprocess.Popen[bytes]"
) -> None:
    before = answers(vouch.home)
    newest = arrive(vouch.home, *(answer(vouch.home, number, 2) for number in range(3)))
    until(lambda: position(vouch.home, "landing:typeform") == newest)
    (run,) = runs(vouch.home)
    assert run.tags["vouch/trigger"] == f"inbox 1-{newest}: typeform 3"
    os.kill(int(run.tags[PROCESS_TAG].partition("@")[0]), signal.SIGKILL)
    until(lambda: runs(vouch.home)[0].status == dg.DagsterRunStatus.FAILURE)
    assert answers(vouch.home) == before
    assert vouch.json("verify")["intact"] is True

    arrive(vouch.home, answer(vouch.home, 3, 9))
    until(lambda: answers(vouch.home) == before + 4)
    assert len(runs(vouch.home)) == 2


def test_a_killed_worker_takes_up_what_came_meanwhile(
    vouch: Vouch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(vouch.home)
    monkeypatch.setenv("VOUCH_SANDBOX_URL", vouch.environment["VOUCH_SANDBOX_URL"])
    with receiving(vouch.home.parent) as receiver:
        address = f"http://127.0.0.1:{receiver.port}/webhooks/own"
        headers = STANDARD_WEBHOOKS.sign(OWN, SECRET, datetime.now(UTC))
        told = requests.post(address, OWN, headers=headers, timeout=30)
        assert (told.status_code, told.json()) == (200, {"status": "accepted"})
    assert position(vouch.home, "runs") < arrive(vouch.home, answer(vouch.home, 10, 1))
    with at_work(vouch):
        until(lambda: answers(vouch.home) == before + 2)
    served = vouch.json("explain", "fct_survey_responses", "own:a-4711")
    assert served["root"]["row"]["score"] == 3


def test_new_code_is_taken_up_by_the_same_process_and_a_dropped_file_by_it(
    vouch: Vouch, tmp_path: Path
) -> None:
    for part in ("dbt_project", "expectations", "ingestion", "orchestration", "publication"):
        shutil.copytree(REPOSITORY / part, tmp_path / part)
    shutil.copy(REPOSITORY / "dagster.yaml", tmp_path)
    before = answers(vouch.home)
    with at_work(vouch, tmp_path) as process:
        with (tmp_path / "ingestion" / "drop.py").open("a") as code:
            code.write("# New.\n")
        log = vouch.home / "server.log"
        until(lambda: "the code is new" in log.read_text())
        drop = vouch.home / "drop"
        drop.mkdir(exist_ok=True)
        (drop / "answers.csv").write_text(DROPPED)
        until(lambda: answers(vouch.home) == before + 1)
        assert process.poll() is None
        assert log.read_text().endswith("drop: answers.csv\n")


def test_releases_from_events_are_what_a_build_of_everything_gives(vouch: Vouch) -> None:
    partial = vouch.current()
    verdict = json.loads(
        (vouch.home / "serving" / "releases" / partial / "verdict.json").read_text()
    )
    assert any(check["carried_from"] for check in verdict["checks"]), "nothing was left as it was"
    done = vouch("run", "--full", "--day", "2026-11-01")
    assert done.returncode == 0, done.stdout + done.stderr
    # Not one byte differs: then a run ends in `unchanged`, and the release stays.
    assert vouch.current() == partial
