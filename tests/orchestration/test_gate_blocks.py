"""Break one rule in a candidate of the real agency: its check fails, and nothing is published.

Each test asserts that the check itself evaluated to failed; a crash also publishes nothing.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

import publication
from expectations import LandingFile, Thresholds, Verdict, judge
from ingestion.landing import landed_files
from orchestration import dbt, settings
from tests.conftest import Vouch

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)

# What is planted, and the check that has to fail because of it.
BROKEN = {
    "an NPS beyond 100": (
        "update marts.metric_nps set value = 250 where value is not null",
        "suite:metric_nps:value_within_bounds",
    ),
    "a figure outside its interval": (
        "update marts.metric_referral_share set ci_high = value - 0.01 where value > 0.1",
        "suite:metric_referral_share:interval_around_value",
    ),
    "a small group that is shown": (
        "update marts.metric_nps set value = 0, is_suppressed = false, n = 3 where is_suppressed",
        "suite:metric_nps:small_groups_are_suppressed",
    ),
    "credit that does not add up": (
        (
            "delete from marts.fct_attribution where touchpoint_id = (select max(touchpoint_id) "
            "from marts.fct_attribution where credit > 0)"
        ),
        "suite:fct_attribution:credit_adds_up_to_one",
    ),
    "an address in a mart": (
        "update marts.dim_channels set channel = 'ada@example.com' where channel = 'event'",
        "suite:dim_channels:no_email_address",
    ),
    "a score outside the scale": (
        "update marts.fct_survey_responses set score = 11 where score = 10",
        "suite:fct_survey_responses:score_within_bounds",
    ),
    "a band that is not the score's": (
        "update marts.fct_survey_responses set band = 'promoter' where score = 8",
        "suite:fct_survey_responses:band_follows_score",
    ),
    "a credit note that adds revenue": (
        (
            "update marts.fct_revenue set amount = abs(amount), "
            "reporting_amount = abs(reporting_amount) where document_type = 'credit_note'"
        ),
        "suite:fct_revenue:credit_notes_reduce_revenue",
    ),
    "spend that nobody mapped": (
        "update marts.fct_costs set cost_category = 'unmapped'",
        "suite:fct_costs:unmapped_spend",
    ),
    "touchpoints of unknown channels": (
        "update marts.fct_touchpoints set channel = 'unknown'",
        "suite:fct_touchpoints:unknown_channel",
    ),
    "an invoice line that vanished": (
        (
            "delete from marts.fct_revenue where revenue_line_id = "
            "(select min(revenue_line_id) from marts.fct_revenue)"
        ),
        "reconciliation:posted_receivables",
    ),
    "a bill counted twice": (
        (
            "insert into marts.fct_costs select * from marts.fct_costs "
            "where cost_line_id = (select max(cost_line_id) from marts.fct_costs "
            "where source_entity = 'xero.invoices')"
        ),
        "reconciliation:posted_payables",
    ),
    "a placement that vanished": (
        (
            "delete from marts.fct_placements where placement_id = "
            "(select min(placement_id) from marts.fct_placements)"
        ),
        "reconciliation:placements",
    ),
    "an answer that vanished": (
        (
            "delete from marts.fct_survey_responses where response_id = "
            "(select min(response_id) from marts.fct_survey_responses where score is not null)"
        ),
        "reconciliation:scored_answers",
    ),
    "a record that could not be used": (
        (
            "insert into intermediate.int_rejected_records by name "
            "select 'demo-agency' as tenant_id, "
            "'bullhorn' as source_relation, 'bullhorn.leads' as source_entity, '7' as "
            "source_record_id, 'planted' as reason, 'staging' as stage"
        ),
        "rejects:int_rejected_records",
    ),
    "a word that no rule knows": (
        (
            "insert into intermediate.int_unknown_values by name "
            "select 'demo-agency' as tenant_id, 'bullhorn' as source_relation, "
            "'bullhorn.placements' as source_entity, '7' as source_record_id, 'status' as field"
        ),
        "unknown:int_unknown_values",
    ),
    "a placement without a job": (
        "update marts.fct_placements set job_id = null where is_started",
        "suite:fct_placements:placements_without_job",
    ),
    "a placement without a client": (
        "update marts.fct_placements set company_id = null where is_started",
        "suite:fct_placements:placements_without_client",
    ),
    "a placement without a start": (
        "update marts.fct_placements set start_date = null, is_started = false",
        "suite:fct_placements:placements_without_start",
    ),
    "documents without a rate": (
        (
            "update marts.fct_revenue set currency = 'USD', reporting_amount = null, "
            "is_unconverted = true"
        ),
        "suite:fct_revenue:unconverted",
    ),
    "revenue of no company": (
        "update marts.fct_revenue set company_id = null",
        "suite:fct_revenue:without_company",
    ),
}


@pytest.fixture
def judged(built: Vouch, tmp_path: Path) -> Callable[[str], tuple[publication.Candidate, Verdict]]:
    """Plants a change in a copy of the warehouse, and judges the candidate made from it."""
    found = settings.load({"VOUCH_HOME": str(built.home), **built.environment})

    def plant(statement: str) -> tuple[publication.Candidate, Verdict]:
        warehouse = tmp_path / "warehouse.duckdb"
        shutil.copy(found.warehouse, warehouse)
        with duckdb.connect(str(warehouse)) as connection:
            changed = connection.execute(statement).fetchone()
            assert changed is not None and changed[0] > 0, "the plant changed nothing"
        candidate = publication.build_candidate(warehouse, dbt.manifest(found), tmp_path)
        return candidate, judge(
            candidate.judged,
            manifest=dbt.manifest(found),
            dbt_results=dbt.remembered_results(built.home).values(),
            landing=[
                LandingFile(file.vendor, file.entity, file.path)
                for file in landed_files(found.landing)
            ],
            as_of=date(2026, 11, 1),
            evaluated_at=NOON,
            limits=Thresholds(),
        )

    return plant


@pytest.mark.parametrize("plant", BROKEN)
def test_a_broken_rule_blocks_publication(
    judged: Callable[[str], tuple[publication.Candidate, Verdict]],
    built: Vouch,
    tmp_path: Path,
    plant: str,
) -> None:
    statement, name = BROKEN[plant]
    candidate, verdict = judged(statement)
    statuses = {check.name: check.status for check in verdict.checks}
    assert name in statuses, sorted(statuses)
    assert statuses[name] == "failed"
    assert "unchecked" not in statuses.values()
    found = settings.load({"VOUCH_HOME": str(built.home), **built.environment})
    with pytest.raises(publication.PublicationRefused, match=name):
        publication.publish(
            tmp_path,
            candidate,
            verdict,
            manifest=dbt.manifest(found),
            origin=publication.Origin("test", date(2026, 11, 1), ()),
            at=NOON,
        )
    with pytest.raises(publication.NoCurrentRelease):
        publication.current(tmp_path)
