"""A released mart that shows a small group, or what it withholds, fails whichever mart it is."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import publication
from expectations import Check, Thresholds, expected_check_names, read_verdict
from expectations.suite_run import run_suites
from expectations.suites.small_groups import small_group_suites
from orchestration import dbt, settings
from tests.conftest import Vouch

pytestmark = pytest.mark.slow

LIMITS = Thresholds()
TODAY = date(2026, 11, 1)
# One row each, in what publication made of the mart.
PLANTED = {
    "small_groups_are_suppressed": "is_suppressed = false, {people} = 3",
    "suppressed_rows_are_empty": "is_suppressed = true, {people} = 30, ci_high = 0.5",
    "interval_around_value": "is_suppressed = false, {people} = 30, {point} = 1, ci_high = 0.5",
}


@pytest.fixture(scope="module")
def manifest(built: Vouch) -> Any:
    return dbt.manifest(settings.load({"VOUCH_HOME": str(built.home), **built.environment}))


@pytest.fixture(scope="module")
def declared(manifest: Any) -> dict[str, Any]:
    """What each mart says of its small groups, by mart."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    metas = {node["name"]: node["config"].get("meta") or {} for node in nodes}
    return {name: meta["suppression"] for name, meta in metas.items() if "suppression" in meta}


@pytest.fixture(scope="module")
def checks(
    built: Vouch, manifest: Any, declared: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Check]:
    """What is found in a release of which three rows of each such mart were broken."""
    database: Path = tmp_path_factory.mktemp("broken") / "serving.duckdb"
    shutil.copy(publication.current(built.home).database, database)
    database.chmod(0o600)
    with duckdb.connect(str(database)) as connection:
        for mart, rule in declared.items():
            point = "value" if "value" in rule["figures"] else "estimate"
            for row, change in enumerate(PLANTED.values()):
                changed = change.format(people=rule["people"], point=point)
                connection.execute(f"update marts.{mart} set {changed} where rowid = {row}")
    suites = small_group_suites(manifest, TODAY, LIMITS)
    return {check.name: check for check in run_suites(database, suites, frozenset(suites))}


def test_every_metric_mart_and_the_claims_are_looked_at(declared: dict[str, Any]) -> None:
    assert len(declared) == 14
    assert "fct_claims" in declared


@pytest.mark.parametrize("rule", PLANTED)
def test_a_broken_row_of_any_mart_fails(
    checks: dict[str, Check], declared: dict[str, Any], rule: str
) -> None:
    found = {mart: checks[f"suite:{mart}:{rule}"].status for mart in declared}
    assert set(found.values()) == {"failed"}, found


def test_a_verdict_without_one_of_these_rules_is_incomplete(
    built: Vouch, manifest: Any, checks: dict[str, Check]
) -> None:
    assert checks.keys() <= expected_check_names(manifest)
    whole = read_verdict(publication.current(built.home).folder / "verdict.json")
    statuses = {check.name: check.status for check in whole.checks}
    assert {statuses[name] for name in checks} == {"passed"}
