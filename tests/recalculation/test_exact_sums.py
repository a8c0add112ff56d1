"""No figure depends on the order of rows: sums are of whole numbers and decimals."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.slow

# Aggregates whose result on doubles follows the order in which they come.
ORDERED = ("sum", "avg", "mean", "corr", "covar", "stddev", "var", "regr", "product", "kahan_sum")
# What sums whole numbers below 2^53 alone is exact all the same.
ALLOWED = {
    ("advocacy_windows", "avg"): "two whole numbers: the days in the middle of an even count",
    ("placement_comparisons", "sum"): "whole numbers: days, and counts of people",
}


def test_no_sum_of_a_model_depends_on_the_order_of_rows(
    agencies: duckdb.DuckDBPyConnection, agencies_home: Path
) -> None:
    models = agencies_home / "target" / "compiled" / "vouch" / "models"
    # Data tests are compiled into folders named like their YAML.
    written = [path for path in models.rglob("*.sql") if path.parent.suffix != ".yml"]
    assert len(written) > 150
    found = {
        (path.stem, name) for path in written for name in _of_doubles(agencies, path.read_text())
    }
    assert found == set(ALLOWED)


def _of_doubles(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    """Aggregates over floating point in a query as DuckDB binds it."""
    row = connection.execute("select json_serialize_plan(?)", [query]).fetchone()
    assert row is not None
    plan = json.loads(row[0])
    assert not plan["error"], plan
    for node in _nodes(plan):
        is_call = node.get("expression_class") in ("BOUND_AGGREGATE", "BOUND_WINDOW")
        name = str(node.get("name"))
        kinds = {argument["id"] for argument in node.get("arguments") or []}
        if is_call and name.startswith(ORDERED) and kinds & {"DOUBLE", "FLOAT"}:
            yield name


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for branch in branches:
        yield from _nodes(branch)
