"""Everything Dagster loads: assets, checks, jobs, schedule, sensor. Read this file first."""

import os

import dagster as dg

from ingestion.drop import DATASET, ENTITY
from ingestion.vendor import vendor, vendor_names
from orchestration import dbt, settings
from orchestration.arrival_sensors import drop_sensor, inbox_sensor
from orchestration.assets.landing import dropped_survey_answers, vendor_landing
from orchestration.assets.models import models_asset
from orchestration.assets.release import candidate_asset, gate_checks, release
from orchestration.resources import Home
from orchestration.waiting import FROM_DROP, FROM_EVENTS, WAIT_SECONDS

WHOLE_WAY = "whole_way"
# A process that died is tried again from the beginning: each step is harmless to repeat.
_RETRIED = {"dagster/retry_strategy": "ALL_STEPS"}

# Unless said otherwise, a run waits for another that holds the home: one that ends because it is
# held is not tried again. `vouch run` says what it was told.
_WAITING = {"resources": {"home": {"config": {"wait_seconds": WAIT_SECONDS}}}}

# Events are few; a run that takes longer waits for something that will not come.
_EVENTS_SECONDS = 1800

_LANDED_FILES = dg.AssetSelection.assets([DATASET, ENTITY])


@dg.definitions
def definitions() -> dg.Definitions:
    """The code location. Parses the dbt project when its code is new."""
    found = settings.load()
    os.environ.update(dbt.environment(found))
    manifest = dbt.manifest(found)
    whole_way = dg.define_asset_job(
        WHOLE_WAY,
        selection=dg.AssetSelection.all(),
        description="Pull every source, build, check, publish.",
        config=_WAITING,
        tags=_RETRIED,
    )
    from_events = dg.define_asset_job(
        FROM_EVENTS,
        selection=dg.AssetSelection.all() - _LANDED_FILES,
        description="Land what the inbox holds and rebuild just what follows from it.",
        config={
            "resources": {"home": {"config": {"deliveries": "inbox", "wait_seconds": WAIT_SECONDS}}}
        },
        tags={**_RETRIED, "dagster/max_runtime": str(_EVENTS_SECONDS)},
    )
    from_drop = dg.define_asset_job(
        FROM_DROP,
        selection=_LANDED_FILES | _LANDED_FILES.downstream(),
        description="Land the dropped files and rebuild just what follows from them.",
        config=_WAITING,
        tags=_RETRIED,
    )
    return dg.Definitions(
        assets=[
            *(vendor_landing(vendor(name)) for name in vendor_names()),
            dropped_survey_answers,
            models_asset(dbt.manifest_path(found), dbt.project(found.home)),
            candidate_asset(dbt.public_asset_keys(manifest)),
            release,
        ],
        asset_checks=[gate_checks(manifest)],
        jobs=[whole_way, from_events, from_drop],
        schedules=[
            dg.ScheduleDefinition(
                name="hourly",
                job=whole_way,
                cron_schedule="0 * * * *",
                execution_timezone="UTC",
                # It repairs what events missed: off, a lost event would stay lost.
                default_status=(
                    dg.DefaultScheduleStatus.RUNNING
                    if found.schedule.hourly
                    else dg.DefaultScheduleStatus.STOPPED
                ),
            )
        ],
        sensors=[inbox_sensor(from_events), drop_sensor(from_drop)],
        resources={
            "home": Home(),
        },
        # One process for the chain: a process per step costs 17 s for two empty assets.
        executor=dg.in_process_executor,
    )
