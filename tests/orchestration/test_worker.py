"""Events through the warm worker: served, survived, and the same bytes as a build of everything."""

import json
import os
import shutil
import signal
import socket
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
from ingestion.inbox import Event
from ingestion.signatures import STANDARD_WEBHOOKS
from ingestion.unread import unread
from orchestration.home import holder
from orchestration.worker.address import PROCESS_TAG, address, ask, is_there
from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.conftest import REPOSITORY, Vouch, unpaced_config
from tests.ingestion.events import changed
from tests.orchestration.arriving import DROPPED, answer, answers, arrive, position, runs, until

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def worker(vouch: Vouch) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker of this code, which a test ends by SIGKILL."""
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
    until(lambda: runs(vouch.home)[0].status == dg.DagsterRunStatus.SUCCESS)
    assert len(runs(vouch.home)) == 2


def test_a_launch_that_nobody_waits_for_any_more_is_not_made(
    vouch: Vouch, worker: "subprocess.Popen[bytes]"
) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(address(vouch.home)))
        late = {"ask": "launch", "run": "late", "job": "from_events", "until": 0}
        connection.sendall(json.dumps(late).encode() + b"\n")
        assert connection.recv(100) == b""
    assert ask(vouch.home, {"ask": "ready"})["runs"] == []


def test_an_account_that_is_down_holds_up_no_other_and_is_asked_again(
    vouch: Vouch, worker: "subprocess.Popen[bytes]", served: Sandbox
) -> None:
    before = answers(vouch.home)
    down = served.faults.add(Fault("xero", "Invoices", "status", times=None, status=503))
    try:
        invoice = changed("INVOICE", served.store["xero", "invoices"][0]["InvoiceID"])
        xero = Event("xero", "an invoice", datetime.now(UTC), invoice)
        newest = arrive(vouch.home, xero, answer(vouch.home, 20, 9))
        until(lambda: answers(vouch.home) == before + 1)
        until(lambda: runs(vouch.home)[0].status == dg.DagsterRunStatus.SUCCESS)
        (why,) = unread(vouch.home).values()
        assert "answered 503" in why.reason and down.seen > 0
        assert position(vouch.home, "landing:xero") < newest
        # What a release says that it contains must be in it.
        assert origin(vouch)["inbox"] == newest - 2
    finally:
        served.faults.clear()
    until(lambda: position(vouch.home, "landing:xero") == newest - 1)
    until(lambda: runs(vouch.home)[0].status == dg.DagsterRunStatus.SUCCESS)
    assert runs(vouch.home)[0].tags["vouch/trigger"] == f"inbox again: xero from {newest - 1}"
    assert unread(vouch.home) == {}


def test_what_comes_while_no_worker_is_there_is_taken_up_and_a_killed_worker_ends_no_run(
    vouch: Vouch, worker: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.kill()
    worker.wait()
    before = answers(vouch.home)
    monkeypatch.setenv("VOUCH_SANDBOX_URL", vouch.environment["VOUCH_SANDBOX_URL"])
    with receiving(vouch.home.parent) as receiver:
        own = f"http://127.0.0.1:{receiver.port}/webhooks/own"
        headers = STANDARD_WEBHOOKS.sign(OWN, SECRET, datetime.now(UTC))
        told = requests.post(own, OWN, headers=headers, timeout=30)
        assert (told.status_code, told.json()) == (200, {"status": "accepted"})
    newest = arrive(vouch.home, answer(vouch.home, 10, 1))
    assert position(vouch.home, "runs") < newest and not is_there(vouch.home)
    with at_work(vouch) as again:
        until(lambda: position(vouch.home, "landing:typeform") == newest)
        again.kill()
        again.wait()
        assert answers(vouch.home) == before
        (run,) = [run for run in runs(vouch.home) if not run.is_finished]
        until(lambda: answers(vouch.home) == before + 2)
        until(lambda: holder(vouch.home) is None)
    assert runs(vouch.home)[0].run_id == run.run_id
    assert runs(vouch.home)[0].status == dg.DagsterRunStatus.SUCCESS
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


def origin(vouch: Vouch) -> dict[str, object]:
    """From what the current release says that it was made."""
    release = vouch.home / "serving" / "releases" / vouch.current()
    found: dict[str, object] = json.loads((release / "manifest.json").read_text())["origin"]
    return found


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
