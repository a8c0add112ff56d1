"""The sensors of inbox and drop folder: the slow, sure way to what the worker sees by itself."""

from typing import Any

import dagster as dg

from ingestion.inbox import Inbox
from ingestion.settling import Settling
from orchestration import settings, waiting
from orchestration.waiting import Arrived
from orchestration.worker.address import is_there

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def inbox_sensor(job: Any) -> dg.SensorDefinition:
    """Requests one run for all events that are in none yet."""

    @dg.sensor(
        name="inbox",
        job=job,
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        inbox = Inbox.open(settings.load().inbox_url)
        try:
            return _asked(context, waiting.events(inbox), "the inbox holds nothing new")
        finally:
            inbox.close()

    return inbox


def drop_sensor(job: Any) -> dg.SensorDefinition:
    """Requests one run for all files waiting; the same files are asked for once."""
    # The code server stays, so that a file with a time to come is known from look to look.
    settling = Settling()

    @dg.sensor(
        name="drop_folder",
        job=job,
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def drop_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        found = waiting.files(settings.load().home, settling)
        return _asked(context, found, "the drop folder is empty")

    return drop_folder


def _asked(
    context: dg.SensorEvaluationContext, arrived: Arrived | None, otherwise: str
) -> dg.SensorResult | dg.SkipReason:
    if arrived is None:
        return dg.SkipReason(otherwise)
    if is_there(settings.load().home):
        return dg.SkipReason(f"the worker takes {arrived.trigger}")
    filters = dg.RunsFilter(job_name=arrived.job, statuses=_UNDER_WAY)
    if context.instance.get_runs(filters, limit=1):
        # What came meanwhile is one run more, when this one is done: the newest state wins.
        return dg.SkipReason(f"a run of {arrived.job} is under way")
    request = dg.RunRequest(run_key=arrived.key, tags=arrived.tags, run_config=arrived.config)
    return dg.SensorResult(run_requests=[request], cursor=arrived.key)
