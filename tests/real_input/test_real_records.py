"""Every record of the vendors' own examples is accounted for, from the wire to the release."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asked_fields import asked_fields
from published_examples import Published

from sandbox.store import ID_FIELD

Record = dict[str, Any]
# Records that the examples hold, repetitions and those without an id included.
EXAMPLES = {
    ("bullhorn", "candidates"): 6,
    ("bullhorn", "client_contacts"): 10,
    ("bullhorn", "notes"): 3,
    ("xero", "accounts"): 3,
    ("xero", "contacts"): 4,
    ("xero", "invoices"): 4,
    ("xero", "credit_notes"): 3,
    ("xero", "payments"): 3,
    ("xero", "bank_transactions"): 4,
}
# Left out on purpose: money that was not spent.
EXCLUDED: dict[tuple[str, str], Callable[[Record], bool]] = {
    ("xero", "bank_transactions"): lambda record: record["Type"] != "SPEND",
}
every_entity = pytest.mark.parametrize("place", EXAMPLES, ids=".".join)


def _answered(published: Published, place: tuple[str, str]) -> list[Record]:
    """The recorded records as a vendor answers our request: Bullhorn sends what is asked for."""
    records = [json.loads(line) for line in published.records[place]]
    if place[0] != "bullhorn":
        return records
    _, fields = asked_fields()[place[1]]
    return [{name: record[name] for name in fields if name in record} for record in records]


def _ids(records: list[Record], place: tuple[str, str]) -> set[str]:
    name = ID_FIELD.get(place, "id")
    return {str(record[name]) for record in records if name in record}


def _nameless(records: list[Record], place: tuple[str, str]) -> list[str]:
    """What tells records without an id apart is all that they say."""
    return _distinct([record for record in records if ID_FIELD.get(place, "id") not in record])


def _distinct(records: list[Record]) -> list[str]:
    return sorted({json.dumps(record, sort_keys=True) for record in records})


def test_the_examples_are_published(published: Published) -> None:
    assert published.exit_code == 0, published.told
    assert published.vouch.current()


def test_the_examples_are_read_whole(published: Published) -> None:
    assert {place: len(lines) for place, lines in published.records.items()} == EXAMPLES


@every_entity
def test_every_record_served_is_landed_or_refused(
    published: Published, place: tuple[str, str]
) -> None:
    answered = _answered(published, place)
    has_id = [record for record in answered if ID_FIELD.get(place, "id") in record]
    nameless = _nameless(answered, place)
    landed = [json.loads(payload) for (payload,) in published.landed(*place, "payload")]
    refused = published.landed(place[0], "rejects", "entity, payload")
    for record in landed:
        record.pop("_score", None)
    # What is repeated to the letter lands once; another version of a record lands as well.
    assert len(landed) == len(_distinct(has_id))
    assert _distinct(landed) == _distinct(has_id)
    assert sum(entity == place[1] for entity, _ in refused) == len(nameless)


@pytest.mark.parametrize("place", [place for place in EXAMPLES if place[0] == "xero"])
def test_a_payload_lands_to_the_byte(published: Published, place: tuple[str, str]) -> None:
    landed = {payload.encode() for (payload,) in published.landed(*place, "payload")}
    assert landed == set(published.records[place])


@every_entity
def test_every_landed_record_is_modelled_refused_or_left_out(
    published: Published, place: tuple[str, str]
) -> None:
    answered = _answered(published, place)
    ids = _ids(answered, place)
    nameless = len(_nameless(answered, place))
    left_out = EXCLUDED.get(place, lambda record: False)
    excluded = len(_ids([record for record in answered if left_out(record)], place))
    columns = "landed, staged, modelled, rejected, excluded, unaccounted, source_entity"
    (found,) = [
        row[:-1]
        for row in published.evidence("int_record_accounting", columns)
        if row[-1] == ".".join(place)
    ]
    assert found == (
        len(ids) + nameless,
        len(ids),
        len(ids) - excluded,
        nameless,
        excluded,
        0,
    )
    assert len(ids) == len(set(published.landed(*place, "record_id")))


def test_every_record_without_an_id_is_named_with_its_reason(published: Published) -> None:
    place = ("bullhorn", "client_contacts")
    nameless = [json.loads(text) for text in _nameless(_answered(published, place), place)]
    assert nameless
    listed = published.vouch.json("rejects")
    refused = published.landed("bullhorn", "rejects", "payload, payload_sha256")
    assert sorted(row["source_record_id"] for row in listed) == sorted(
        f"sha256:{digest[:16]}" for _, digest in refused
    )
    # The vendor sends them first: they have no id to sort by.
    assert sorted(row["reason"].rsplit(" (", 1)[1] for row in listed) == [
        f"page 1, item {position})" for position in range(1, len(nameless) + 1)
    ]
    for row in listed:
        assert (row["source_entity"], row["stage"]) == ("bullhorn.client_contacts", "landing")
        assert "missing required field `id`" in row["reason"]
    kept = [json.loads(payload) for payload, _ in refused]
    assert sorted(record["lastName"] for record in kept) == sorted(
        record["lastName"] for record in nameless
    )
