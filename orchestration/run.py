"""``vouch run``: the same Dagster job in this process, on record in the home's instance."""

import contextlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from orchestration import dbt, home, outcome, seeds
from orchestration.definitions import WHOLE_WAY, definitions
from orchestration.exit_codes import PUBLISHED
from orchestration.settings import REPOSITORY, Settings
from orchestration.waiting import TRIGGER_TAG
from orchestration.worker.address import PROCESS_TAG, process_tag


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: Dagster's id, its failures, and whether anything new was built."""

    id: str
    failures: list[outcome.Failure]
    built: bool

    @property
    def exit_code(self) -> int:
        """0 published or nothing new, else the first failure's kind."""
        return outcome.exit_code(self.failures) if self.failures else PUBLISHED


def dagster_home(state: Path, instance: Path = REPOSITORY / "dagster.yaml") -> Path:
    """``VOUCH_HOME/dagster``, where runs and events live, with the instance's settings."""
    folder = state / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    text = instance.read_text(encoding="utf-8").replace("${DAGSTER_HOME}", str(folder))
    # Several processes start at once and read it: none may see half of it.
    partial = folder / f"dagster.yaml.{os.getpid()}"
    partial.write_text(text, encoding="utf-8")
    partial.replace(folder / "dagster.yaml")
    return folder


def run(settings: Settings, full: bool, as_of: str | None, wait_seconds: float) -> Run:
    """Execute the whole way.

    Raises:
        SeedsInvalid, HomeUnusable, HomeBusy: before anything was started.
    """
    seeds.check()
    # Dagster's own files come before its lock, so the folder is tried first.
    with home.held(settings.home, "a starting run", wait_seconds):
        pass
    # It warns of every blocking check of an asset that is skipped because nothing is new.
    logging.getLogger("dagster").setLevel(logging.ERROR)
    dbt.manifest_path(settings, as_of)
    definition = definitions()
    job = definition.resolve_job_def(WHOLE_WAY)
    options: dict[str, Any] = {"full": full, "wait_seconds": wait_seconds, "as_of": as_of}
    # dbt's lines and Dagster's go where one looks when something is odd, not to the terminal.
    with (
        dg.DagsterInstance.from_ref(
            InstanceRef.from_dir(str(dagster_home(settings.home, settings.dagster_instance)))
        ) as found,
        (settings.home / "run.log").open("w") as log,
        contextlib.redirect_stdout(log),
    ):
        result = job.execute_in_process(
            instance=found,
            raise_on_error=False,
            tags={TRIGGER_TAG: "vouch run", PROCESS_TAG: process_tag(os.getpid())},
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "resources": {"home": {"config": options}},
            },
        )
        events = list(result.all_events)
    built = any(event.is_step_success and event.step_key == "release" for event in events)
    return Run(result.run_id, outcome.failures(events), built)
