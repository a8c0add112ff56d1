"""The dbt models as assets, their tests as checks. What they compute is dbt's business."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource, DbtProject, dbt_assets

from expectations import warm
from orchestration import dbt, seeds, warehouse
from orchestration.build import Build
from orchestration.outcome import GateRefused
from orchestration.resources import Home

log = logging.getLogger("vouch.build")


class ModelsFailed(Exception):
    """A model could not be built, or a test could not be run."""


def models_asset(manifest: Path, project: DbtProject) -> dg.AssetsDefinition:
    """Every seed, model and test of the dbt project, built in one dbt process."""

    @dbt_assets(
        manifest=manifest,
        project=project,
        name="models",
        # Unit tests prove code on made-up rows; they belong to `make test`.
        exclude="resource_type:unit_test",
        dagster_dbt_translator=dbt.Translator(),
    )
    def models(
        context: dg.AssetExecutionContext, home: Home, dbt_cli: DbtCliResource
    ) -> Iterator[Any]:
        build = home.next_build(is_whole=not context.is_subset)
        if not home.full and build.is_done(home.settings.home):
            log.info("nothing new since the current release; models and gate are skipped")
            return
        # A run that Dagster starts has not been through the command.
        seeds.check()
        warm()
        yield from _built(context, home, dbt_cli, build, is_full=_prepared(home, build))

    return models


def _prepared(home: Home, build: Build) -> bool:
    """Make the warehouse ready; whether everything is to be rebuilt from landing."""
    found, made = home.settings, warehouse.Made(build.as_of, dbt.project_code())
    last = warehouse.last_made(found.warehouse)
    # Rows staged by other code may lack columns, or mean something else.
    is_other_code = last is not None and last.code != made.code
    if is_other_code:
        log.info("the models' code is new: everything is rebuilt from landing")
    warehouse.prepare(found.warehouse, found.home, build.files, made)
    return home.full or is_other_code


def _built(
    context: dg.AssetExecutionContext,
    home: Home,
    dbt_cli: DbtCliResource,
    build: Build,
    is_full: bool,
) -> Iterator[Any]:
    started = time.monotonic()
    # A selection of assets would bring the unit tests of its models back in.
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    arguments += ["--vars", dbt.variables(home.settings, build.as_of.isoformat())]
    if is_full:
        arguments.append("--full-refresh")
    invocation = dbt_cli.cli(
        arguments,
        context=context,
        raise_on_error=False,
        target_path=dbt.target_path(home.settings.home),
    )
    seen: Counter[str] = Counter()
    for event in invocation.stream():
        seen[type(event).__name__] += 1
        log.debug("%d models and seeds, %d tests", *_counts(seen))
        yield event
    _remember(home, invocation)
    log.info("%d models and seeds, %d tests, %.1f s", *_counts(seen), time.monotonic() - started)


def _counts(seen: Counter[str]) -> tuple[int, int]:
    tests = seen["AssetCheckResult"] + seen["AssetCheckEvaluation"]
    return sum(seen.values()) - tests, tests


def _remember(home: Home, invocation: DbtCliInvocation) -> None:
    settings = home.settings
    try:
        run_results = invocation.get_artifact("run_results.json")
    except FileNotFoundError as error:
        raise ModelsFailed("dbt stopped before it ran anything; see the lines above") from error
    dbt.remember_results(settings.home, dbt.manifest(settings), run_results)
    crashed = [row for row in run_results["results"] if row["status"] == "error"]
    if crashed:
        raise ModelsFailed(_summary("could not be run", crashed))
    failed = [row for row in run_results["results"] if row["status"] == "fail"]
    if failed:
        raise GateRefused(_summary("failed", failed))
    if not invocation.is_successful():
        raise ModelsFailed("dbt ended with an error that it does not name; see the lines above")


def _summary(what: str, rows: list[dict[str, Any]]) -> str:
    # dbt's message of a crash can quote a row's value; the name and the count cannot.
    lines = [f"  {row['unique_id']}: {row.get('failures') or 0} rows" for row in rows]
    return "\n".join([f"{len(rows)} dbt nodes {what}:", *lines])
