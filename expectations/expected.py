"""The names of all checks that a verdict must hold, from code and dbt's manifest alone."""

from collections.abc import Mapping
from datetime import date

from expectations import dbt_results, reconciliation
from expectations.comparisons import COMPARISONS
from expectations.names import suite_check_name
from expectations.rejects import LISTS
from expectations.suites import all_suites
from expectations.suites.every_mart import NO_EMAIL
from expectations.tables import SAME_ROWS
from expectations.thresholds import Thresholds


def public_mart_names(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the models with ``access: public``, sorted."""
    nodes = manifest["nodes"]
    assert isinstance(nodes, Mapping)
    return tuple(
        sorted(
            node["name"]
            for node in nodes.values()
            if node["resource_type"] == "model"
            and "public" in (node.get("access"), node.get("config", {}).get("access"))
            and node["config"].get("enabled", True)
        )
    )


def expected_check_names(manifest: Mapping[str, object]) -> frozenset[str]:
    """What must have been checked before a candidate of this project is published."""
    # Names do not depend on the day or the limits; the rules' SQL does.
    suites = all_suites(manifest, date(2000, 1, 1), Thresholds())
    declared = {
        suite_check_name(mart, rule.name) for mart, rules in suites.items() for rule in rules
    }
    generic = {
        suite_check_name(mart, rule)
        for mart in public_mart_names(manifest)
        for rule in (NO_EMAIL, SAME_ROWS)
    }
    dbt = {dbt_results.check_name(node) for node in dbt_results.required_nodes(manifest)}
    totals = {reconciliation.check_name(item.name) for item in COMPARISONS}
    listed = {records.check_name for records in LISTS}
    return frozenset(declared | generic | dbt | totals | listed)
