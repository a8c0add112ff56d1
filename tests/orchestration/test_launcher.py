"""Dagster's side of the worker: who executes a run, and whether that process lives."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher.base import LaunchRunContext, WorkerStatus

from orchestration.run import dagster_home
from orchestration.settings import REPOSITORY
from orchestration.worker.address import MAX_RUNTIME_TAG, PROCESS_TAG, process_tag
from orchestration.worker.launcher import WarmLauncher
from orchestration.worker.running import RunLimits


@dg.job
def any_job() -> None:
    """No steps."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance of Dagster over a home without a worker."""
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path))
    monkeypatch.setenv("VOUCH_CONFIG", str(REPOSITORY / "vouch.toml"))
    with dg.DagsterInstance.ephemeral() as found:
        yield found


@pytest.fixture
def launcher(instance: dg.DagsterInstance) -> WarmLauncher:
    """Ours, as Dagster would make it."""
    found = WarmLauncher()
    found.register_instance(instance)
    return found


def test_the_end_of_a_runs_process_is_noticed(
    instance: dg.DagsterInstance, launcher: WarmLauncher
) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = instance.create_run_for_job(any_job, tags={PROCESS_TAG: process_tag(process.pid)})
    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    process.kill()
    process.wait()
    found = launcher.check_run_worker_health(run)
    assert found.status == WorkerStatus.NOT_FOUND and "is gone" in str(found.msg)


def test_a_run_that_is_tried_again_is_not_taken_for_the_one_that_died(
    instance: dg.DagsterInstance, launcher: WarmLauncher
) -> None:
    died = {PROCESS_TAG: "1@0.0"}
    first = instance.create_run_for_job(any_job, tags=died)
    second = instance.create_run_for_job(
        any_job, tags=died, parent_run_id=first.run_id, root_run_id=first.run_id
    )
    assert launcher.check_run_worker_health(first).status == WorkerStatus.NOT_FOUND
    assert launcher.check_run_worker_health(second).status == WorkerStatus.RUNNING
    instance.add_run_tags(second.run_id, {PROCESS_TAG: "2@0.0"})
    assert launcher.check_run_worker_health(second).status == WorkerStatus.NOT_FOUND


def test_without_a_worker_dagsters_own_launcher_is_asked_and_the_run_says_so(
    instance: dg.DagsterInstance, launcher: WarmLauncher
) -> None:
    run = instance.create_run_for_job(any_job)
    # Its launcher wants a code location to start the process in; there is none here.
    with pytest.raises(dg.DagsterInvariantViolationError, match="DefaultRunLauncher"):
        launcher.launch_run(LaunchRunContext(run, None))
    told = [entry.message for entry in instance.all_logs(run.run_id)]
    assert any("a process is started for this run" in message for message in told)


def test_a_run_may_take_as_long_as_its_tag_its_job_or_the_instance_says(tmp_path: Path) -> None:
    tagged = dg.define_asset_job("tagged", tags={MAX_RUNTIME_TAG: "1800"})
    untagged = dg.define_asset_job("untagged")
    repository = dg.Definitions(jobs=[tagged, untagged]).get_repository_def()
    limits, now = RunLimits(repository, dagster_home(tmp_path)), time.monotonic()
    # A minute later than Dagster itself.
    found = (limits.of_job("tagged"), limits.of_job("untagged"), limits.of_tag("30"))
    assert [round(each - now, -1) for each in found] == [1860, 7260, 90]
