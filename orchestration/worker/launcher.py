"""Dagster's run launcher: hands a run to the warm worker, or starts a process where none is."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._serdes.config_class import ConfigurableClassData

from orchestration import settings
from orchestration.worker.address import MAX_RUNTIME_TAG, PROCESS_TAG, NoWorker, ask, is_alive


class WarmLauncher(DefaultRunLauncher):
    """As Dagster's own launcher, with the worker tried first. Configured in ``dagster.yaml``."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> "WarmLauncher":
        """Dagster's way of making one; there is nothing to configure."""
        return cls(inst_data=inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Have the run executed; returns at once."""
        run = context.dagster_run
        try:
            answer = ask(
                self._home(),
                {
                    "ask": "launch",
                    "run": run.run_id,
                    "job": run.job_name,
                    "max_runtime": run.tags.get(MAX_RUNTIME_TAG),
                },
            )
        except NoWorker as error:
            self._instance.report_engine_event(
                f"{error}; a process is started for this run, which takes 10 to 20 s more. "
                "Start one with `vouch worker`.",
                run,
                cls=self.__class__,
            )
            super().launch_run(context)
            return
        self._instance.add_run_tags(run.run_id, {PROCESS_TAG: answer["process"]})

    def terminate(self, run_id: str) -> bool:
        """Ask the run's process to end; whether there was one."""
        run = self._instance.get_run_by_id(run_id)
        tag = run.tags.get(PROCESS_TAG) if run else None
        if run is None or tag is None:
            return bool(super().terminate(run_id))  # type: ignore[no-untyped-call]
        if run.is_finished or not is_alive(tag):
            return False
        self._instance.report_run_canceling(run)
        try:
            # The worker also ends one that does not listen.
            is_told = bool(ask(self._home(), {"ask": "terminate", "run": run_id}).get("told"))
        except NoWorker:
            is_told = False
        if not is_told:
            os.kill(int(tag.partition("@")[0]), signal.SIGINT)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """So that Dagster's run monitoring notices a killed process."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process lives; one that we did not start is taken to live."""
        current = self._instance.get_run_by_id(run.run_id) or run
        tag = current.tags.get(PROCESS_TAG)
        if tag is None or is_alive(tag) or self._is_inherited(current, tag):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"its process {tag} is gone")

    def _is_inherited(self, run: dg.DagsterRun, tag: str) -> bool:
        """A run that is tried again has the tags of the one that died until it says its own."""
        parent = self._instance.get_run_by_id(run.parent_run_id) if run.parent_run_id else None
        return parent is not None and parent.tags.get(PROCESS_TAG) == tag

    def _home(self) -> Path:
        return settings.load().home
