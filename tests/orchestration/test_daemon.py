"""Dagster's daemon without a warm worker: it asks for the run, starts it, and tries it again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.instance.ref import InstanceRef

from orchestration.worker.address import PROCESS_TAG
from tests.conftest import REPOSITORY, Vouch
from tests.orchestration.arriving import answer, answers, arrive, runs, until

pytestmark = pytest.mark.slow


@contextmanager
def daemon(vouch: Vouch) -> Iterator[psutil.Process]:
    """Dagster's own, over the home; at the end it is killed with whatever it has started."""
    given = {
        "DAGSTER_HOME": str(vouch.home / "dagster"),
        "VOUCH_HOME": str(vouch.home),
        **vouch.environment,
    }
    with (vouch.home / "daemon.log").open("ab") as log:
        process = psutil.Popen(
            [sys.executable, "-m", "dagster._daemon", "run", "-m", "orchestration.definitions"],
            cwd=REPOSITORY,
            env={**os.environ, **given},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        for each in [*process.children(recursive=True), process] if process.is_running() else []:
            each.kill()
        process.wait()


def test_a_run_is_made_without_a_worker_and_tried_again_after_all_were_killed(
    a_copy: Callable[[], Vouch],
) -> None:
    vouch = a_copy()
    before = answers(vouch.home)
    arrive(vouch.home, answer(vouch.home, 0, 2))
    with daemon(vouch):
        until(lambda: any(PROCESS_TAG in run.tags for run in runs(vouch.home)))
        (first,) = runs(vouch.home)
        os.kill(int(first.tags[PROCESS_TAG].partition("@")[0]), signal.SIGKILL)
    assert answers(vouch.home) == before
    assert "a process is started for this run" in told(vouch.home, first)

    with daemon(vouch):
        until(lambda: answers(vouch.home) == before + 1)
        until(lambda: runs(vouch.home)[0].status == dg.DagsterRunStatus.SUCCESS)
    second, first = runs(vouch.home)
    assert first.status == dg.DagsterRunStatus.FAILURE
    assert "is gone" in told(vouch.home, first)
    assert second.parent_run_id == first.run_id


def told(home: Path, run: dg.DagsterRun) -> str:
    """What the run's log says."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home / "dagster"))) as instance:
        return "\n".join(entry.message for entry in instance.all_logs(run.run_id))
