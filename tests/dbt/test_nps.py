"""Survey figures against an independent count, on random answers."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rendering import build
from scipy.stats import spearmanr, t

CHAIN = (
    "fct_survey_responses",
    "fct_survey_ratings",
    "survey_reply_times",
    "survey_votes",
    "nps_windows",
    "company_nps_windows",
    "survey_delivery_windows",
    "follow_up_hours_windows",
    "survey_figures",
    "metric_nps",
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MIRRORED = {**dict.fromkeys(range(7), 10), 7: 7, 8: 8, 9: 0, 10: 0}
Z = 1.959963984540054

few = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Answer:
    """One answer of the tests: to a relationship survey if it names no event."""

    person: int
    day: int
    score: int
    event: int | None

    @property
    def at(self) -> datetime:
        """The instant of submission."""
        return FIRST + timedelta(days=self.day)


answers = st.lists(
    st.builds(
        Answer,
        person=st.integers(0, 12),
        day=st.integers(0, 100),
        score=st.integers(0, 10),
        event=st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=60,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'; set threads = 1")
        opened.execute(
            """
            create table survey_contexts (
                response_id varchar, tenant_id varchar, source_relation varchar,
                form_id varchar, respondent_key varchar, person_id varchar,
                company_id varchar, top_company_id varchar, placement_id varchar,
                application_id varchar, job_id varchar, recruiter_id varchar,
                event_id varchar, audience varchar, survey_kind varchar,
                "trigger" varchar, population varchar, referral_status varchar,
                channel varchar, stage varchar, has_feedback boolean, score int,
                csat_score int, ces_score int, rating_communication int,
                rating_salary_transparency int, rating_feedback_quality int,
                rating_speed int, rating_role_fit int, rating_understood_needs int,
                is_nps_scale boolean, is_shared_mailbox boolean, has_comment boolean,
                submitted_at timestamp
            );
            create table int_notes (tenant_id varchar, person_id varchar, noted_at timestamp);
            create table survey_occasions (
                occasion_id varchar, tenant_id varchar, "trigger" varchar,
                respondent_key varchar, recruiter_id varchar, audience varchar,
                population varchar, is_answered boolean, is_invited boolean,
                occurred_date date
            );
            create table int_survey_invitations (
                tenant_id varchar, source_relation varchar, response_id varchar,
                form_id varchar, person_id varchar, respondent_key varchar,
                application_id varchar, placement_id varchar, job_id varchar,
                respondent_kind varchar, survey_kind varchar, "trigger" varchar,
                delivered_at timestamp
            );
            create table int_placements (
                tenant_id varchar, person_id varchar, is_started boolean, start_date date
            );
            create table int_stage_events (
                tenant_id varchar, person_id varchar, stage_group varchar, entered_at timestamp
            );
            create table int_companies (
                tenant_id varchar, company_id varchar, top_company_id varchar
            );
            create table fct_revenue (
                tenant_id varchar, company_id varchar, document_type varchar, document_date date
            );
            create table period_months as
            with months as (
                select tenant_id, unnest(generate_series(
                    date '2026-01-01', date '2026-06-01', interval 1 month
                ))::date as month_start
                from unnest(['t', 'u']) as tenants(tenant_id)
            )
            select tenant_id, 'month' as period, month_start as period_start,
                (month_start + interval 1 month)::date as period_end, month_start,
                true as is_finished, month_start = date '2026-06-01' as is_newest
            from months
            union all
            select tenant_id, 'all', date '2026-01-01', date '2026-07-01', month_start, true,
                true
            from months
            """
        )
        yield opened


def metrics(
    connection: duckdb.DuckDBPyConnection, given_answers: list[Answer], others: list[Answer]
) -> list[dict[str, object]]:
    """Rows of metric_nps of agency t, with another agency beside it."""
    connection.execute("delete from survey_contexts")
    for tenant, rows in (("t", given_answers), ("u", others)):
        for number, each in enumerate(rows):
            kind = "relationship" if each.event is None else "transactional"
            connection.execute(
                """
                insert into survey_contexts by name
                select ? as response_id, ? as tenant_id, 's' as source_relation,
                    'f' as form_id, ? as respondent_key, ? as person_id,
                    'c' || (? % 3) as top_company_id, 'r' || (? % 2) as recruiter_id,
                    ? as event_id, 'client' as audience, ? as survey_kind, ? as trigger,
                    'client' as population, 'no_referral_known' as referral_status,
                    'unknown' as channel, ? as score, true as is_nps_scale,
                    ?::timestamp as submitted_at
                """,
                [
                    f"{tenant}{number:03}",
                    tenant,
                    str(each.person),
                    str(each.person),
                    each.person,
                    each.person,
                    None if each.event is None else str(each.event),
                    kind,
                    "relationship" if each.event is None else "job_close",
                    each.score,
                    each.at,
                ],
            )
    build(connection, *CHAIN)
    cursor = connection.execute("select * from metric_nps where tenant_id = 't' order by all")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def counted(given_answers: list[Answer], month: int | None) -> dict[bool, dict[object, Answer]]:
    """The answers that count, by kind of survey, then by person and event."""
    kept: dict[bool, dict[object, Answer]] = defaultdict(dict)
    for each in sorted(enumerate(given_answers), key=lambda pair: (pair[1].at, pair[0])):
        answer = each[1]
        if month is None or answer.at.month == month:
            kept[answer.event is None][(answer.person, answer.event)] = answer
    return kept


@few
@given(given_answers=answers, others=answers)
def test_nps_is_what_a_plain_count_says(
    connection: duckdb.DuckDBPyConnection, given_answers: list[Answer], others: list[Answer]
) -> None:
    rows = metrics(connection, given_answers, others)
    shown = {
        (row["survey_kind"], row["period"], row["period_start"].month): row  # type: ignore[attr-defined]
        for row in rows
        if row["metric"] == "nps" and row["cut_by"] == "all"
    }
    expected = {}
    for month in (None, *range(1, 7)):
        for is_relationship, units in counted(given_answers, month).items():
            kind = "relationship" if is_relationship else "transactional"
            period = "all" if month is None else "month"
            scores = [answer.score for answer in units.values()]
            people = len({answer.person for answer in units.values()})
            promoters = sum(score >= 9 for score in scores)
            detractors = sum(score <= 6 for score in scores)
            value = 100 * (promoters - detractors) / len(scores)
            expected[kind, period, month or 1] = (people, len(scores), value)
    assert shown.keys() == expected.keys()
    for key, (people, n, value) in expected.items():
        row = shown[key]
        assert row["n"] == people
        assert row["is_suppressed"] is (people < 5)
        if people >= 5:
            assert row["denominator"] == n
            assert row["value"] == pytest.approx(value, abs=1e-9)
            assert -100 <= float(str(row["ci_low"])) <= float(str(row["ci_high"])) <= 100


@few
@given(given_answers=answers)
def test_mirrored_scores_flip_the_sign(
    connection: duckdb.DuckDBPyConnection, given_answers: list[Answer]
) -> None:
    straight = metrics(connection, given_answers, [])
    mirror = [Answer(a.person, a.day, MIRRORED[a.score], a.event) for a in given_answers]
    flipped = metrics(connection, mirror, [])
    by_key = {_key(row): row for row in flipped}
    for row in straight:
        if row["metric"] not in ("nps", "nps_by_company"):
            continue
        other = by_key[_key(row)]
        assert other["n"] == row["n"]
        assert other["is_suppressed"] == row["is_suppressed"]
        for one, two in (("value", "value"), ("ci_low", "ci_high"), ("change", "change")):
            assert _negated(row[one]) == pytest.approx(other[two], abs=1e-9)
        assert other["is_change"] == row["is_change"]


def _key(row: dict[str, object]) -> tuple[object, ...]:
    columns = ("metric", "period", "period_start", "survey_kind", "cut_by", "cut")
    return tuple(row[column] for column in columns)


def _negated(value: object) -> float | None:
    return None if value is None else -float(str(value))


@few
@given(given_answers=answers, others=answers)
def test_an_agency_beside_another_gets_what_it_gets_alone(
    connection: duckdb.DuckDBPyConnection, given_answers: list[Answer], others: list[Answer]
) -> None:
    assert metrics(connection, given_answers, others) == metrics(connection, given_answers, [])


pairs = st.lists(st.tuples(st.integers(0, 10), st.integers(1, 5)), min_size=5, max_size=80)


@settings(max_examples=40, deadline=None)
@given(pairs=pairs)
def test_drivers_correlate_as_scipy_says(pairs: list[tuple[int, int]]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table given_pairs (score int, rating int)")
        connection.executemany("insert into given_pairs values (?, ?)", pairs)
        connection.execute(
            """
            create table driver_windows as
            select 't' as tenant_id, 'all' as period, date '2026-01-01' as period_start,
                'client' as audience, 'relationship' as survey_kind, 'client' as population,
                'speed' as driver, score, rating, true as is_finished,
                count(*) as answers, count(*) as people
            from given_pairs group by score, rating
            """
        )
        build(connection, "metric_drivers")
        found = {
            metric: figures
            for metric, *figures in connection.execute(
                "select metric, value, ci_low, ci_high from metric_drivers"
            ).fetchall()
        }
    scores, ratings = zip(*pairs, strict=True)
    mean = sum(ratings) / len(ratings)
    spread = math.sqrt(sum((x - mean) ** 2 for x in ratings) / (len(ratings) - 1))
    half = t.ppf(0.975, len(ratings) - 1) * spread / math.sqrt(len(ratings))
    assert found["driver_rating"] == pytest.approx(
        [mean, max(1, mean - half), min(5, mean + half)], abs=3e-3
    )
    value, low, high = found["driver_importance"]
    if len(set(scores)) == 1 or len(set(ratings)) == 1:
        assert (value, low, high) == (None, None, None)
        return
    expected = float(spearmanr(scores, ratings).statistic)
    assert value == pytest.approx(expected, abs=1e-12)
    clipped = max(-0.999999, min(0.999999, expected))
    error = Z * math.sqrt((1 + expected**2 / 2) / (len(pairs) - 3))
    assert low == pytest.approx(min(expected, math.tanh(math.atanh(clipped) - error)), abs=1e-9)
    assert high == pytest.approx(max(expected, math.tanh(math.atanh(clipped) + error)), abs=1e-9)
