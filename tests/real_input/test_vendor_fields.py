"""The field names we ask for and read are names that the vendors document."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asked_fields import asked_fields
from vendor_examples import REPOSITORY, XERO, Records, shared_file

from ingestion.vendors import bullhorn, xero

STAGING = REPOSITORY / "dbt_project" / "models" / "staging"
# In Xero's schema, but shown by none of its examples.
NOT_SHOWN = {
    ("BankTransactions", "Reference"),
    ("Payments", "CreditNote"),
    ("CreditNote", "CreditNoteID"),
}
Name = tuple[str, str]


@pytest.mark.parametrize("entity", [entity.name for entity in bullhorn.VENDOR.entities])
def test_bullhorn_has_every_field_we_ask_for(entity: str) -> None:
    reference = json.loads(shared_file("bullhorn/entity_reference.json").read_bytes())
    name, asked = asked_fields()[entity]
    known = {each["field"] for each in reference[name]["fields"]}
    assert len(asked) > 4
    assert set(asked) - known == set()


@pytest.mark.parametrize("entity", [entity.name for entity in bullhorn.VENDOR.entities])
def test_we_ask_bullhorn_for_every_field_we_stage(entity: str) -> None:
    _, asked = asked_fields()[entity]
    assert set(_staged(STAGING / "bullhorn" / f"stg_bullhorn__{entity}.sql")) <= set(asked)


@pytest.mark.parametrize("wrapper", XERO)
def test_xero_shows_every_field_we_stage(wrapper: str) -> None:
    examples = json.loads(shared_file("xero/openapi_examples_accounting_get.json").read_bytes())
    shown = {name for each in examples for name in _shown(each["example"], "")}
    staged = _staged(STAGING / "xero" / f"stg_xero__{XERO[wrapper]}.sql")
    assert staged
    assert set(_shown(staged, wrapper)) - shown <= NOT_SHOWN


@pytest.mark.parametrize("entity", [entity.name for entity in xero.VENDOR.entities])
def test_every_xero_example_is_identified(xero_examples: Records, entity: str) -> None:
    (declared,) = [each for each in xero.VENDOR.entities if each.name == entity]
    for record in xero_examples[entity]:
        known = declared.identify(record)
        sent = json.loads(record)
        assert known.record_id in sent.values()
        assert (known.version is None) == ("UpdatedDateUTC" not in sent)


def _staged(model: Path) -> dict[str, Any]:
    """What a staging model reads out of the payload."""
    found = re.search(r"parse_payload\((\{.*?\})\) \}\}", model.read_text(), re.DOTALL)
    assert found is not None, model
    shape: dict[str, Any] = ast.literal_eval(found[1])
    return shape


def _shown(value: Any, parent: str) -> Iterator[Name]:
    """Each member with the name of what it belongs to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (parent, name)
            yield from _shown(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _shown(inner, parent)
