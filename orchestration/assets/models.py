"""The dbt models as assets, their tests as checks. What they compute is dbt's business."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtProject, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from expectations import warm
from orchestration import contents, dbt, dbt_process, seeds, warehouse
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
    def models(context: dg.AssetExecutionContext, home: Home) -> Iterator[Any]:
        build = home.next_build(is_whole=not context.is_subset)
        if not home.full and build.is_done(home.settings.home):
            log.info("nothing new since the current release; models and gate are skipped")
            return
        # A run that Dagster starts has not been through the command.
        seeds.check()
        yield from _built(context, home, build)

    return models


def _built(context: dg.AssetExecutionContext, home: Home, build: Build) -> Iterator[Any]:
    started, settings = time.monotonic(), home.settings
    is_full, plan = _prepared(home, build)
    selected = _selected(context, home)
    under_way = dbt_process.start(
        _arguments(home, build, is_full),
        lambda: dbt.parsed(settings),
        plan,
        lambda node: node in selected or node.startswith("test."),
    )
    # After the fork, which must not copy a thread in the middle of an import.
    warm()
    seen: Counter[str] = Counter()
    reused = _Reused(context, home)
    for event in under_way.events():
        for told in reused.of(event) or _dagster_events(event, context, home):
            seen[type(told).__name__] += 1
            log.debug("%d models and seeds, %d tests", *_counts(seen))
            yield told
    _remember(home, under_way, time.monotonic() - started)
    left = f", {len(under_way.left)} left as they were" if under_way.left else ""
    seconds = time.monotonic() - started
    log.info("%d models and seeds, %d tests%s, %.1f s", *_counts(seen), left, seconds)


def _prepared(home: Home, build: Build) -> tuple[bool, contents.Plan]:
    """Make the warehouse ready; whether all is to be rebuilt from landing, and what is not."""
    found, made = home.settings, warehouse.Made(build.as_of, dbt.project_code())
    last = warehouse.last_made(found.warehouse)
    # Rows staged by other code may lack columns, or mean something else.
    is_other_code = last is not None and last.code != made.code
    if is_other_code:
        log.info("the models' code is new: everything is rebuilt from landing")
    warehouse.prepare(found.warehouse, found.home, build.files, made)
    is_full = home.full or is_other_code
    base = (made.code, dbt.variables(found, build.as_of.isoformat()))
    with duckdb.connect(str(found.warehouse)) as connection:
        if is_full:
            contents.forget(connection, contents.recorded(connection))
        plan = contents.plan(
            connection, dbt.manifest(found), build.files, base, warehouse.key_digest(found.home)
        )
        contents.forget(connection, plan.doubtful())
    return is_full, plan


def _arguments(home: Home, build: Build, is_full: bool) -> list[str]:
    folder, target = str(dbt.PROJECT_DIR), str(dbt.target_path(home.settings.home))
    return [
        *("--project-dir", folder, "--profiles-dir", folder),
        *("--target-path", target, "--log-path", target),
        # dbt's debug log costs a third of a small build; its artifacts are written by us.
        *("--quiet", "--no-use-colors", "--log-level-file", "info", "--no-write-json"),
        *("--exclude-resource-type", "unit_test"),
        *("--vars", dbt.variables(home.settings, build.as_of.isoformat())),
        *(["--full-refresh"] if is_full else []),
    ]


def _selected(context: dg.AssetExecutionContext, home: Home) -> frozenset[str]:
    """Unique ids of the models and seeds that belong to this run."""
    nodes = dbt.manifest(home.settings)["nodes"]
    if not context.is_subset:
        return frozenset(nodes)
    keys, translator = context.selected_asset_keys, dbt.Translator()
    return frozenset(
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
        and translator.get_asset_spec(dbt.manifest(home.settings), unique_id, None).key in keys
    )


def _dagster_events(
    event: dict[str, Any], context: dg.AssetExecutionContext, home: Home
) -> Iterator[Any]:
    """dbt's event about a node as what Dagster knows: an output, a check's result."""
    settings = home.settings
    if "left" in event:
        return
    yield from DbtCoreCliEventMessage(
        raw_event=event, event_history_metadata={}
    ).to_default_asset_events(
        manifest=dbt.manifest(settings),
        dagster_dbt_translator=dbt.Translator(),
        context=context,
        target_path=dbt.target_path(settings.home),
        project=dbt.project(settings.home),
    )


class _Reused:
    """Public marts that are as they would be built again: the candidate waits for all of them.

    dagster-dbt tells of a model that dbt reuses in the same way.
    """

    def __init__(self, context: dg.AssetExecutionContext, home: Home) -> None:
        self._manifest = dbt.manifest(home.settings)
        self._awaited = set(dbt.public_asset_keys(self._manifest)) & context.selected_asset_keys

    def of(self, event: dict[str, Any]) -> list[dg.Output[None]]:
        """The output for a public mart that was left, none for any other event."""
        unique_id = str(event.get("left", ""))
        if not unique_id.startswith("model."):
            return []
        key = dbt.Translator().get_asset_spec(self._manifest, unique_id, None).key
        if key not in self._awaited:
            return []
        return [dg.Output(None, key.to_python_identifier(), metadata={"status": "reused"})]


def _counts(seen: Counter[str]) -> tuple[int, int]:
    tests = seen["AssetCheckResult"] + seen["AssetCheckEvaluation"]
    return sum(seen.values()) - tests, tests


def _remember(home: Home, done: dbt_process.DbtBuild, seconds: float) -> None:
    settings = home.settings
    with duckdb.connect(str(settings.warehouse)) as connection:
        contents.remember(connection, done.records)
        valid = contents.recorded(connection)
    dbt.remember_results(settings.home, done.results, valid)
    dbt.write_run_results(settings.home, done.results, seconds)
    crashed = [row for row in done.results if row["status"] == "error"]
    if crashed:
        raise ModelsFailed(_summary("could not be run", crashed))
    failed = [row for row in done.results if row["status"] == "fail"]
    if failed:
        raise GateRefused(_summary("failed", failed))
    if done.error:
        raise ModelsFailed(done.error)


def _summary(what: str, rows: list[dict[str, Any]]) -> str:
    # dbt's message of a crash can quote a row's value; the name and the count cannot.
    lines = [f"  {row['unique_id']}: {row.get('failures') or 0} rows" for row in rows]
    return "\n".join([f"{len(rows)} dbt nodes {what}:", *lines])
