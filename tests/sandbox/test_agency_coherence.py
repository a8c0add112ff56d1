"""Ids mean the same thing in every system."""

from typing import Any

import pytest

from sandbox.agency import Agency
from sandbox.agency.calendar import SPAN_END, SPAN_START, epoch_ms

Records = dict[tuple[str, str], list[dict[str, Any]]]

PEOPLE = ("corporate_users", "candidates", "client_contacts", "leads")
ASSOCIATIONS = {
    "owner": ("corporate_users",),
    "sendingUser": ("corporate_users",),
    "modifyingUser": ("corporate_users",),
    "commentingPerson": ("corporate_users",),
    "candidate": ("candidates",),
    "clientCorporation": ("client_corporations",),
    "parentClientCorporation": ("client_corporations",),
    "clientContact": ("client_contacts",),
    "lead": ("leads",),
    "jobOrder": ("job_orders",),
    "jobSubmission": ("job_submissions",),
    "referredByPerson": PEOPLE,
    "personReference": PEOPLE,
    "linkedPerson": PEOPLE,
}


def _ids(records: Records, *entities: str) -> set[int]:
    return {row["id"] for entity in entities for row in records["bullhorn", entity]}


@pytest.mark.parametrize("field", ASSOCIATIONS)
def test_every_association_resolves(agency: Agency, field: str) -> None:
    known = _ids(agency.records, *ASSOCIATIONS[field])
    named = [
        row[field]["id"]
        for (vendor, _), rows in agency.records.items()
        for row in rows
        if vendor == "bullhorn" and row.get(field)
    ]
    assert named
    assert set(named) <= known


def test_people_share_one_sequence_of_ids(agency: Agency) -> None:
    counted = sum(len(agency.records["bullhorn", entity]) for entity in PEOPLE)
    assert len(_ids(agency.records, *PEOPLE)) == counted


def test_every_placement_reference_in_the_books_exists(agency: Agency) -> None:
    known = {f"PL-{i}" for i in _ids(agency.records, "placements")}
    named = {
        row["Reference"]
        for entity in ("invoices", "credit_notes")
        for row in agency.records["xero", entity]
        if row["Reference"]
    }
    assert named
    assert named <= known


def test_every_code_in_the_books_is_a_clients_and_most_customers_carry_one(agency: Agency) -> None:
    codes = {row["externalID"] for row in agency.records["bullhorn", "client_corporations"]}
    billed = [
        row["Contact"].get("ContactNumber")
        for row in agency.records["xero", "invoices"]
        if row["Type"] == "ACCREC"
    ]
    assert set(billed) - {None} <= codes
    assert 0 < billed.count(None) < len(billed) / 5


def test_a_placement_is_billed_to_the_client_of_its_job(agency: Agency) -> None:
    records = agency.records
    clients = {
        row["id"]: row["clientCorporation"]["id"] for row in records["bullhorn", "job_orders"]
    }
    expected = {
        f"PL-{row['id']}": f"bullhorn.client_corporations:{clients[row['jobOrder']['id']]}"
        for row in records["bullhorn", "placements"]
    }
    customers = {party: company for company, party in agency.truth.same_company}
    for row in records["xero", "invoices"]:
        if row["Type"] == "ACCREC":
            party = f"xero.contacts:{row['Contact']['ContactID']}"
            assert customers[party] == expected[row["Reference"]]


def test_survey_answers_point_at_known_people_and_placements(agency: Agency) -> None:
    known = {
        "candidate_id": _ids(agency.records, "candidates"),
        "contact_id": _ids(agency.records, "client_contacts"),
        "company_id": _ids(agency.records, "client_corporations"),
        "placement_id": _ids(agency.records, "placements"),
        "job_submission_id": _ids(agency.records, "job_submissions"),
    }
    for row in agency.records["typeform", "responses"]:
        for name, ids in known.items():
            if name in row["response"]["hidden"]:
                assert int(row["response"]["hidden"][name]) in ids


def test_nothing_is_modified_before_it_is_added_or_after_the_end(agency: Agency) -> None:
    for (vendor, entity), rows in agency.records.items():
        for row in rows if vendor == "bullhorn" else []:
            modified = row.get("dateLastModified", row.get("dateAdded"))
            assert modified <= epoch_ms(SPAN_END), entity
            assert row.get("dateAdded", modified) <= modified, (entity, row["id"])


def test_referrers_were_placed_before_they_referred(agency: Agency) -> None:
    odd = {key for keys in agency.truth.oddities.values() for key in keys}
    starts = {
        row["candidate"]["id"]: row["dateBegin"]
        for row in agency.records["bullhorn", "placements"]
        if row["status"] != "Canceled"
    }
    for row in agency.records["bullhorn", "candidates"]:
        referrer = (row["referredByPerson"] or {}).get("id")
        if referrer in starts and f"bullhorn.candidates:{row['id']}" not in odd:
            assert starts[referrer] < row["dateAdded"]


def test_referrals_reach_several_generations(agency: Agency) -> None:
    by_id = {row["id"]: row for row in agency.records["bullhorn", "candidates"]}

    def generation(row: dict[str, Any], seen: frozenset[int] = frozenset()) -> int:
        referrer = by_id.get((row["referredByPerson"] or {}).get("id"))
        if referrer is None or row["id"] in seen:
            return 0
        return 1 + generation(referrer, seen | {row["id"]})

    assert max(generation(row) for row in by_id.values()) >= 3


def test_the_span_does_not_move_with_the_clock() -> None:
    assert (SPAN_START.isoformat(), SPAN_END.date().isoformat()) == (
        "2024-01-01T00:00:00+00:00",
        "2026-10-31",
    )
