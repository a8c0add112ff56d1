"""What a forked child of the worker does: execute one Dagster run, or say that one has died."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.events import DagsterEvent, DagsterEventType, JobFailureData, RunFailureReason
from dagster._core.execution.api import execute_run_iterator
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._utils.interrupts import capture_interrupts, setup_interrupt_handlers

from ingestion.inbox import Inbox
from orchestration.settings import REPOSITORY
from orchestration.waiting import RUNS, Arrived
from orchestration.worker.address import MAX_RUNTIME_TAG, PROCESS_TAG, process_tag

# How Dagster's processes name our code; the web interface links a run to its job by it.
LOCATION = "orchestration.definitions"


# How much later than Dagster the worker ends a run.
_LATER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to be made, and what for."""

    run_id: str
    arrived: Arrived


class RunLimits:
    """How long runs may take, as Dagster has it: by run, by job, by the instance's settings."""

    def __init__(self, repository: dg.RepositoryDefinition, dagster_home: Path) -> None:
        self._repository = repository
        monitoring: Any = InstanceRef.from_dir(str(dagster_home)).settings.get("run_monitoring")
        self._longest = (monitoring or {}).get("max_runtime_seconds") or float("inf")

    def of_job(self, job: str) -> float:
        """When a run of the job that begins now is killed."""
        return self.of_tag(self._repository.get_job(job).tags.get(MAX_RUNTIME_TAG))

    def of_tag(self, tag: str | None) -> float:
        """The same for a run with this value of Dagster's tag, on the monotonic clock.

        Dagster's own monitoring interrupts it somewhat earlier. One that hangs does not listen,
        and holds the home.
        """
        longest = float(tag) if tag else float(self._longest)
        return time.monotonic() + longest + _LATER_SECONDS


def execute(repository: dg.RepositoryDefinition, dagster_home: Path, run_id: str) -> bool:
    """Execute a run that Dagster has made; whether it succeeded."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(dagster_home))) as instance:
        return _execute(repository, instance, run_id)


def make_and_execute(
    repository: dg.RepositoryDefinition, dagster_home: Path, inbox_url: str, wanted: Wanted
) -> bool:
    """Make a run as Dagster's daemon would, and execute it; whether it succeeded."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(dagster_home))) as instance:
        arrived = wanted.arrived
        run = instance.create_run_for_job(
            repository.get_job(arrived.job),
            run_id=wanted.run_id,
            run_config=arrived.config,
            tags={
                **repository.get_job(arrived.job).tags,
                **arrived.tags,
                PROCESS_TAG: process_tag(os.getpid()),
            },
            status=dg.DagsterRunStatus.NOT_STARTED,
            remote_job_origin=_origin(repository, arrived.job),
        )
        instance.report_dagster_event(
            DagsterEvent(DagsterEventType.PIPELINE_STARTING.value, run.job_name),
            run_id=run.run_id,
        )
        if arrived.sequence:
            # From here on the events are in a run. Those that it does not land are asked for again.
            inbox = Inbox.open(inbox_url)
            inbox.advance(RUNS, max(arrived.sequence, inbox.position(RUNS)))
            inbox.close()
        return _execute(repository, instance, wanted.run_id)


def report_dead(dagster_home: Path, run_id: str, how: str) -> None:
    """Mark a run as failed whose process has died, so that Dagster may try it again."""
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(dagster_home))) as instance:
        run = instance.get_run_by_id(run_id)
        if run is not None and run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, f"The process of this run {how}.")
        elif run is not None and not run.is_finished:
            instance.report_run_failed(
                run,
                f"The process of this run {how}.",
                JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION),
            )


def _execute(repository: dg.RepositoryDefinition, instance: dg.DagsterInstance, run: str) -> bool:
    found = instance.get_run_by_id(run)
    if found is None:
        raise RuntimeError(f"Dagster knows no run {run}")
    setup_interrupt_handlers()
    has_failed = False
    with capture_interrupts():
        try:
            job = InMemoryJob(repository.get_job(found.job_name))
            for event in execute_run_iterator(job, found, instance):
                has_failed |= event.is_failure
        except BaseException as error:  # a run never stays open: whoever waits for it must know
            now = instance.get_run_by_id(run)
            if now is not None and not now.is_finished:
                instance.report_run_failed(now, f"{type(error).__name__}: {error}")
            raise
    return not has_failed


def _origin(repository: dg.RepositoryDefinition, job: str) -> RemoteJobOrigin:
    target = LoadableTargetOrigin(
        executable_path=sys.executable,
        module_name=LOCATION,
        working_directory=str(REPOSITORY),
    )
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name=LOCATION)
    return RemoteRepositoryOrigin(location, repository.name).get_job_origin(job)
