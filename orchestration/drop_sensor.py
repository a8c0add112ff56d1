"""The drop folder's sensor: a file dropped is a run of what follows from it."""

import hashlib
from typing import Any

import dagster as dg

from ingestion.drop import waiting
from orchestration import settings


def drop_sensor(job: Any) -> dg.SensorDefinition:
    """Requests one run for all files waiting; the same files are asked for once."""

    @dg.sensor(name="drop_folder", job=job, minimum_interval_seconds=5)
    def drop_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        files = waiting(settings.load().home)
        if not files:
            return dg.SkipReason("the drop folder is empty")
        # Name, size and time of change: a file dropped again under its name asks again.
        facts = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        key = hashlib.sha256(repr(facts).encode()).hexdigest()
        names = ", ".join(file.name for file in files)
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=key, tags={"vouch/trigger": f"drop: {names}"})],
            cursor=key,
        )

    return drop_folder
