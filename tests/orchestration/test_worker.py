"""Events through the warm worker: served, survived, and the same bytes as a build of everything."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.instance.ref import InstanceRef

from orchestration.worker.address import PROCESS_TAG, is_there
from tests.conftest import REPOSITORY, Vouch
from tests.orchestration.arriving import answer, arrive, position

pytestmark = pytest.mark.slow

SECONDS = 180.0


@pytest.fixture(scope="module")
def vouch(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> Vouch:
    """A home of this module's own."""
    home = tmp_path_factory.mktemp("worker") / "home"
    shutil.copytree(built.home, home)
    return Vouch(home, dict(built.environment))


@pytest.fixture
def worker(vouch: Vouch) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker over the home, ready."""
    with (vouch.home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from orchestration.cli import main; main()", "worker"],
            cwd=REPOSITORY,
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


def until(happened: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def answers(home: Path) -> int:
    """How many answers the served marts hold."""
    pointer = json.loads((home / "serving" / "current.json").read_text())
    with duckdb.connect(str(home / "serving" / pointer["database"]), read_only=True) as serving:
        row = serving.execute("select count(*) from marts.fct_survey_responses").fetchone()
    assert row is not None
    return int(row[0])


def runs(home: Path) -> list[dg.DagsterRun]:
    """Runs from events, the newest first."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home / "dagster"))) as instance:
        return list(instance.get_runs(dg.RunsFilter(job_name="from_events")))


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
    vouch: Vouch, worker: "subprocess.Popen[bytes]"
) -> None:
    before = answers(vouch.home)
    assert position(vouch.home, "runs") < arrive(vouch.home, answer(vouch.home, 10, 1))
    until(lambda: answers(vouch.home) == before + 1)


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
