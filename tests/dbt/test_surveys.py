"""Which answers are NPS, and whose they are."""

import pytest
from warehouse import Warehouse


@pytest.mark.parametrize(
    ("response", "score", "is_nps_scale", "csat"),
    [
        ("nine", 9, True, None),
        ("eleven", 0, True, None),
        ("from-one", None, False, None),
        ("five", None, False, 5),
        ("skipped", None, True, None),
        ("f" * 16 + ":1", 10, True, None),
    ],
)
def test_only_scales_from_0_to_10_are_nps(
    built: Warehouse, response: str, score: int | None, is_nps_scale: bool, csat: int | None
) -> None:
    found = built.rows(
        "select score, is_nps_scale, csat_score from intermediate.int_survey_responses"
        f" where source_record_id = '{response}'"
    )
    assert found == [(score, is_nps_scale, csat)]


@pytest.mark.parametrize(
    ("response", "is_named", "ces"),
    [
        ("nine", False, None),
        ("five", False, None),
        ("five-as-nps", True, None),
        ("effort", False, 7),
        ("five-as-ces", False, None),
    ],
)
def test_another_scale_sent_as_nps_is_named_and_effort_needs_seven_steps(
    built: Warehouse, response: str, is_named: bool, ces: int | None
) -> None:
    found = built.rows(
        "select is_other_scale_as_nps, ces_score, score from intermediate.int_survey_responses"
        f" where source_record_id = '{response}'"
    )
    assert [row[:2] for row in found] == [(is_named, ces)]
    assert not (is_named and found[0][2] is not None)


@pytest.mark.parametrize(
    ("response", "resolution", "record", "is_shared", "trigger", "kind"),
    [
        ("nine", "hidden_id", "candidate:1", False, "interview", "transactional"),
        ("eleven", "hidden_id", "candidate:8", False, "interview", "transactional"),
        ("by-mail", "email", "candidate:1", False, "interview", "transactional"),
        ("shared", "shared_mailbox", None, True, "interview", "transactional"),
        ("known-in-shared", "hidden_id", "contact:3", True, "relationship", "relationship"),
        ("nobody", "unresolved", None, False, "unknown", "unknown"),
        ("f" * 16 + ":1", "email", "candidate:1", False, "relationship", "relationship"),
    ],
)
def test_a_respondent_is_found_or_left_unresolved(
    built: Warehouse,
    response: str,
    resolution: str,
    record: str | None,
    is_shared: bool,
    trigger: str,
    kind: str,
) -> None:
    found = built.rows(
        "select r.resolution, l.record_kind || ':' || l.source_record_id,"
        " r.is_shared_mailbox, r.trigger, r.survey_kind"
        " from intermediate.int_survey_responses as r"
        " left join intermediate.int_person_members as l"
        " on r.person_id = l.person_id and l.rule = 'own_record'"
        f" where r.source_record_id = '{response}'"
    )
    assert found == [(resolution, record, is_shared, trigger, kind)]


def test_a_file_row_names_its_company_by_code(built: Warehouse) -> None:
    assert built.rows(
        "select company_id from intermediate.int_survey_responses where source_entity like 'files%'"
    ) == [("bullhorn:501",)]


def test_an_answer_of_the_agencys_own_tool_counts_as_it_was_last_said(built: Warehouse) -> None:
    assert built.rows(
        "select source_record_id, score, company_id, respondent_kind, trigger,"
        " submitted_at::varchar from intermediate.int_survey_responses"
        " where source_entity = 'own.answers'"
    ) == [("a-1", 3, "bullhorn:501", "client", "relationship", "2026-03-02 09:00:00")]
    assert built.rows(
        "select source_record_id, reason from intermediate.int_rejected_records"
        " where source_entity = 'own.answers'"
    ) == [("a-3", "score: not a whole number")]


def test_everybody_has_a_respondent_key_and_mailboxes_share_one(built: Warehouse) -> None:
    rows = dict(
        built.rows("select source_record_id, respondent_key from intermediate.int_survey_responses")
    )
    assert None not in rows.values()
    assert rows["nine"] == rows["by-mail"] != rows["shared"] != rows["nobody"]


def test_comments_stay_with_the_people(built: Warehouse) -> None:
    assert built.rows("select response_id, comment from people.int_survey_comments") == [
        ("typeform:nine", "so-so")
    ]
