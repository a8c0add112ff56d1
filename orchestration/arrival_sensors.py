"""The sensors of inbox and drop folder: the slow, sure way to what the worker sees by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from ingestion.inbox import Inbox
from ingestion.settling import Settling
from orchestration import settings, waiting
from orchestration.waiting import Arrived
from orchestration.worker.address import is_there

# Of a run: the key of what it was asked for, by which a run that changed nothing is counted.
ASKED_TAG = "vouch/asked"
_FIRST_SECONDS, _LONGEST_SECONDS, _COUNTED = 5.0, 600.0, 10
_WILL_RETRY_TAG, _RETRY_SECONDS = "dagster/will_retry", 60.0
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
        found = settings.load()
        inbox = Inbox.open(found.inbox_url)
        try:
            wanted = waiting.events(inbox) or waiting.left(inbox, found, datetime.now(UTC))
            return _asked(context, wanted, "the inbox holds nothing new")
        finally:
            inbox.close()

    return inbox


def drop_sensor(job: Any) -> dg.SensorDefinition:
    """Requests one run for all files waiting; for those that stay again, later and later."""
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
    same = dg.RunsFilter(tags={ASKED_TAG: arrived.key})
    tried = context.instance.get_run_records(same, limit=_COUNTED)
    # They still wait, so those runs have failed.
    if tried and (left := _pause(tried) - _seconds_since(tried[0])) > 0:
        return dg.SkipReason(f"{arrived.trigger}: failed; tried again in {left:.0f} s")
    request = dg.RunRequest(
        run_key=f"{arrived.key}:{tried[0].dagster_run.run_id if tried else 0}",
        tags={**arrived.tags, ASKED_TAG: arrived.key},
        run_config=arrived.config,
    )
    return dg.SensorResult(run_requests=[request], cursor=arrived.key)


def _pause(tried: Sequence[dg.RunRecord]) -> float:
    """How long what has failed so often, the newest first, is left alone."""
    if tried[0].dagster_run.tags.get(_WILL_RETRY_TAG) == "true":
        # Its process died. Dagster makes another run of it within seconds.
        return _RETRY_SECONDS
    return min(_FIRST_SECONDS * 2.0 ** (len(tried) - 1), _LONGEST_SECONDS)


def _seconds_since(run: dg.RunRecord) -> float:
    return datetime.now(UTC).timestamp() - (run.end_time or 0.0)
