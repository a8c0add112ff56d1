"""Break rules in candidates of the real agency: their checks fail, and nothing is published.

Each test asserts that the check itself evaluated to failed; a crash also publishes nothing.
"""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

import publication
from expectations import LandingFile, Thresholds, Verdict, judge, read_verdict
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
    "a scale of 1 to 5 sent as NPS": (
        (
            "insert into intermediate.survey_exclusions by name "
            "select 'demo-agency' as tenant_id, 'typeform:stars' as form_id, "
            "'other_scale_sent_as_nps' as reason, 3 as answers"
        ),
        "unknown:survey_exclusions",
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


# As many at once as change different tables: 21 candidates took three minutes.
_TABLE = re.compile(r"(?:update|from|into) ((?:marts|intermediate)\.\w+)")


def _rounds() -> list[list[str]]:
    """Names of plants; within a round no two change the same table."""
    rounds: list[dict[str, str]] = []
    for plant, (statement, _) in BROKEN.items():
        found = _TABLE.search(statement)
        assert found is not None, plant
        free = next((one for one in rounds if found[1] not in one), None)
        if free is None:
            rounds.append(free := {})
        free[found[1]] = plant
    return [list(one.values()) for one in rounds]


ROUNDS = _rounds()


@dataclass(frozen=True)
class Judged:
    """A candidate with broken rules, and what the gate said of it."""

    home: Path
    plants: list[str]
    candidate: publication.Candidate
    verdict: Verdict

    def status(self, plant: str) -> str:
        """Of the check that is about the plant."""
        statuses = {check.name: check.status for check in self.verdict.checks}
        assert BROKEN[plant][1] in statuses, sorted(statuses)
        return statuses[BROKEN[plant][1]]


@pytest.fixture(scope="module")
def found(built: Vouch) -> settings.Settings:
    return settings.load({"VOUCH_HOME": str(built.home), **built.environment})


@pytest.fixture(scope="module")
def judged(
    built: Vouch, found: settings.Settings, tmp_path_factory: pytest.TempPathFactory
) -> list[Judged]:
    """Each round planted in a copy of the warehouse, and judged."""
    return [_judged(built, found, tmp_path_factory.mktemp("round"), plants) for plants in ROUNDS]


def _judged(built: Vouch, found: settings.Settings, home: Path, plants: list[str]) -> Judged:
    warehouse = home / "warehouse.duckdb"
    shutil.copy(found.warehouse, warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        for plant in plants:
            changed = connection.execute(BROKEN[plant][0]).fetchone()
            assert changed is not None and changed[0] > 0, f"{plant} changed nothing"
    candidate = publication.build_candidate(warehouse, dbt.manifest(found), home)
    verdict = judge(
        candidate.judged,
        manifest=dbt.manifest(found),
        dbt_results=dbt.remembered_results(built.home).values(),
        landing=[
            LandingFile(file.vendor, file.entity, file.path) for file in landed_files(found.landing)
        ],
        as_of=date(2026, 11, 1),
        evaluated_at=NOON,
        limits=Thresholds(),
    )
    return Judged(home, plants, candidate, verdict)


@pytest.mark.parametrize("plant", BROKEN)
def test_a_broken_rule_fails_its_check(judged: list[Judged], built: Vouch, plant: str) -> None:
    (planted,) = (one for one in judged if plant in one.plants)
    assert planted.status(plant) == "failed"
    whole = read_verdict(publication.current(built.home).folder / "verdict.json")
    assert {check.name: check.status for check in whole.checks}[BROKEN[plant][1]] == "passed"


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_a_broken_rule_blocks_publication(
    judged: list[Judged], found: settings.Settings, number: int
) -> None:
    one = judged[number]
    assert "unchecked" not in {check.status for check in one.verdict.checks}
    with pytest.raises(publication.PublicationRefused) as refused:
        publication.publish(
            one.home,
            one.candidate,
            one.verdict,
            manifest=dbt.manifest(found),
            origin=publication.Origin("test", date(2026, 11, 1), ()),
            at=NOON,
        )
    assert any(BROKEN[name][1] in str(refused.value) for name in one.plants)
    with pytest.raises(publication.NoCurrentRelease):
        publication.current(one.home)
