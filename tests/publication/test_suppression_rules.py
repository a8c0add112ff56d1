"""Every metric mart says what of it could reveal people, and forgets nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from publication.errors import MartDeclarationError
from publication.suppression_rule import rule_from_json, suppression_rule
from tests.conftest import REPOSITORY

# How sound a figure is, not whom it is about; a row that is hidden may say so.
ABOUT_NOBODY = {
    *("n", "unfollowed", "failed_journeys", "unconverted_lines"),
    *("internal_months", "months", "lag_months"),
}
NUMBERS = re.compile(r"^(double|float|decimal|bigint|int)")


def metric_marts() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((REPOSITORY / "dbt_project/models/marts").rglob("metric_*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            if model.get("access") == "public":
                yield model["name"], model


MARTS = dict(metric_marts())


@pytest.mark.parametrize("name", MARTS)
def test_a_metric_mart_declares_its_suppression(name: str) -> None:
    model = MARTS[name]
    declared = model["config"]["meta"].get("suppression")
    assert declared, f"{name}: config.meta.suppression is missing"
    suppression_rule(name, declared, {column["name"] for column in model["columns"]})


@pytest.mark.parametrize("name", MARTS)
def test_every_number_of_a_metric_mart_is_hidden_or_counts_people(name: str) -> None:
    model = MARTS[name]
    columns = {column["name"]: str(column["data_type"]) for column in model["columns"]}
    rule = suppression_rule(name, model["config"]["meta"]["suppression"], set(columns))
    keys = {*model["config"]["meta"]["grain"], rule.people}
    numbers = {name for name, kind in columns.items() if NUMBERS.match(kind)}
    assert sorted(numbers - keys - set(rule.withheld) - ABOUT_NOBODY) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"people": None}, "people"),
        ({"figures": ["vale"]}, "vale"),
        ({"colour": "red"}, "colour"),
        ({"revisions": "hidden"}, "hidden"),
    ],
)
def test_a_declaration_that_cannot_be_applied_is_refused(change: dict[str, Any], says: str) -> None:
    good = {"series": ["tenant_id"], "cut": [], "people": "n", "figures": ["value"]}
    meta = {key: value for key, value in {**good, **change}.items() if value is not None}
    columns = {"tenant_id", "n", "value", "period", "period_start", "is_suppressed", "note"}
    with pytest.raises(MartDeclarationError, match=says):
        suppression_rule("metric_x", meta, columns)


def test_a_declaration_survives_the_manifest(tmp_path: Path) -> None:
    from dataclasses import asdict

    from tests.publication.attacker import MART

    assert MART.suppression is not None
    stored = json.loads(json.dumps(asdict(MART.suppression)))
    assert rule_from_json(stored) == MART.suppression
    assert rule_from_json(None) is None
