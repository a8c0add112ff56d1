"""Who is whom: merges, shared mailboxes, anonymised people, referrers."""

import pytest
from warehouse import Warehouse


def persons(built: Warehouse, *records: str) -> list[str | None]:
    """The person of each record, written as kind:id."""
    links = dict(
        built.rows(
            "select record_kind || ':' || source_record_id, person_id"
            " from intermediate.int_person_members"
        )
    )
    return [links.get(record) for record in records]


def test_an_address_of_one_candidate_and_one_contact_is_one_person(built: Warehouse) -> None:
    candidate, contact = persons(built, "candidate:1", "contact:2")
    assert candidate == contact is not None


def test_a_shared_mailbox_identifies_nobody(built: Warehouse) -> None:
    assert len(set(persons(built, "contact:3", "contact:4", "candidate:5"))) == 3


def test_an_address_of_two_candidates_identifies_nobody(built: Warehouse) -> None:
    assert len(set(persons(built, "candidate:16", "candidate:17", "contact:18"))) == 3


def test_merges_are_followed_to_the_last_survivor(built: Warehouse) -> None:
    assert len(set(persons(built, "candidate:6", "candidate:7", "candidate:8"))) == 1


def test_a_linked_candidate_and_contact_are_one_person(built: Warehouse) -> None:
    candidate, contact = persons(built, "candidate:12", "contact:13")
    assert candidate == contact is not None


@pytest.mark.parametrize("record", ["candidate:11", "candidate:14", "candidate:15", "candidate:41"])
def test_a_deleted_record_without_living_survivor_is_nobody(built: Warehouse, record: str) -> None:
    assert persons(built, record) == [None]


def test_anonymised_people_do_not_collapse_into_one(built: Warehouse) -> None:
    assert len(set(persons(built, "candidate:9", "candidate:10"))) == 2


@pytest.mark.parametrize(
    ("records", "people"),
    [
        pytest.param(("candidate:50", "candidate:51"), 1, id="one number under one name"),
        pytest.param(("candidate:50", "candidate:64"), 2, id="an extension"),
        pytest.param(("contact:52", "contact:53"), 2, id="an office's number"),
        pytest.param(("candidate:54", "contact:55"), 2, id="a family's address"),
        pytest.param(("candidate:56", "contact:57", "candidate:58", "lead:65"), 1, id="a chain"),
        pytest.param(("candidate:59", "contact:60", "candidate:61"), 3, id="a contradiction"),
        pytest.param(("candidate:62", "contact:63"), 2, id="an anonymised record"),
    ],
)
def test_hard_cases(built: Warehouse, records: tuple[str, ...], people: int) -> None:
    found = persons(built, *records)
    assert None not in found
    assert len(set(found)) == people


def test_a_contradiction_is_listed_with_the_links_it_refused(built: Warehouse) -> None:
    assert built.rows(
        "select strength, reason, record_key from intermediate.int_person_conflicts"
        " join people.int_person_records using (person_record_id) order by record_key"
    ) == [
        ("alike", "different_names", "bullhorn.candidates:59"),
        ("alike", "different_names", "bullhorn.candidates:61"),
        ("alike", "different_names", "bullhorn.client_contacts:60"),
    ]
    assert built.rows(
        "select rule, status, person_id from intermediate.int_person_links"
        " where left_record = 'bullhorn.client_contacts:60'"
        " or right_record = 'bullhorn.client_contacts:60' order by rule"
    ) == [("same_email", "contradicted", None), ("same_phone", "contradicted", None)]


def test_every_applied_link_joins_and_every_person_of_several_records_is_linked(
    built: Warehouse,
) -> None:
    assert not built.rows(
        "select * from intermediate.int_person_links as k"
        " join intermediate.int_person_members as l on k.left_record_id = l.person_record_id"
        " join intermediate.int_person_members as r on k.right_record_id = r.person_record_id"
        " where (l.person_id = r.person_id) <> (k.status = 'applied')"
    )
    assert not built.rows(
        "select person_id from intermediate.int_person_members group by person_id"
        " having count(*) > 1 and count(*) - 1 > (select count(*)"
        " from intermediate.int_person_links as k"
        " where k.status = 'applied' and k.person_id = int_person_members.person_id)"
    )


def test_a_person_id_is_a_pseudonym(built: Warehouse) -> None:
    (person,) = persons(built, "candidate:1")
    assert person is not None and len(person) == 32 and set(person) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("record", "evidence", "channel", "strength", "is_known", "is_self"),
    [
        ("20", "linked_record", "candidate", 5, True, True),
        ("21", "linked_record", "client", 5, True, False),
        ("21", "source_category", "unknown", 2, False, False),
        ("22", "linked_record", "employee", 5, False, False),
        ("23", "free_text", "candidate", 4, True, False),
        ("24", "free_text", "unknown", 3, False, False),
        ("30", "source_category", "unknown", 2, False, False),
        ("nine", "survey_answer", "unknown", 1, False, False),
    ],
)
def test_evidence_of_a_referral(
    built: Warehouse,
    record: str,
    evidence: str,
    channel: str,
    strength: int,
    is_known: bool,
    is_self: bool,
) -> None:
    found = built.rows(
        "select channel, evidence_strength, referrer_person_id is not null, is_self_referral"
        " from intermediate.int_referrals"
        f" where source_record_id = '{record}' and evidence = '{evidence}'"
    )
    assert found == [(channel, strength, is_known, is_self)]


def test_a_source_that_is_no_referral_is_no_evidence(built: Warehouse) -> None:
    assert not built.rows(
        "select * from intermediate.int_referrals where source_record_id in ('27', '1')"
    )


def test_a_lead_is_the_person_with_its_address(built: Warehouse) -> None:
    ((person,),) = built.rows(
        "select person_id from intermediate.int_leads where source_record_id = '30'"
    )
    assert [person] == persons(built, "candidate:8")


def test_a_note_counts_for_everybody_it_names(built: Warehouse) -> None:
    rows = built.rows("select note_id, person_id from intermediate.int_notes order by all")
    one, eight = persons(built, "candidate:1", "candidate:8")
    assert set(rows) == {("bullhorn:8001", one), ("bullhorn:8001", eight), ("bullhorn:8002", None)}
