"""Agencies without any effect: how often do the intervals of fct_claims hold the truth, zero?"""

from math import comb
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.agencies import build
from benchmarks.outcome import Figure, Outcome
from sandbox.agency import AgencyPlan, Effects
from sandbox.tenants import by_seed

# The smallest of the sandbox's scales at which most claims have people and events enough.
_SCALE = "middling"
_LOW, _HIGH = 0.93, 0.97
# Of one claim there are 200 intervals at most: a true coverage at an end of the aim is told
# from one beyond it with this probability only.
_CERTAINTY = 0.99
# Intervals that a verdict rests on: of fewer people or events no claim is judged.
_JUDGED = "verdict not in ('suppressed', 'insufficient')"
_COVERED = "avg(case when ci_low <= 0 and ci_high >= 0 then 1.0 else 0.0 end)"
_BY_MEASURE = f"""
    select
        claim || '.' || measure as claim,
        period,
        adjustment,
        count(*) as agencies,
        count(ci_low) as intervals,
        {_COVERED} filter (ci_low is not null) as covered,
        count(*) filter ({_JUDGED}) as judged,
        {_COVERED} filter ({_JUDGED}) as judged_covered,
        count(*) filter (verdict = 'supported') as supported,
        count(*) filter (verdict = 'contradicted') as contradicted,
        avg(estimate) as mean_estimate,
        stddev_samp(estimate) as deviation,
        avg(ci_high - ci_low) / 2 as mean_half_width,
        median(n_a) as people_a,
        median(n_b) as people_b
    from marts.fct_claims
    group by all
    order by all
"""
_OVERALL = f"""
    select count(*), {_COVERED}
    from marts.fct_claims
    where period = 'all' and adjustment = ? and ci_low is not null and
"""


def measure(work: Path, agencies: int, scale: str = _SCALE) -> Outcome:
    """Coverage of all claims together and of each, by one dbt run over so many agencies.

    Args:
        work: an empty folder.
        agencies: how many, by seeds from 1 on.
        scale: of each agency.

    Raises:
        BenchmarkFailed: dbt did not end with 0.
    """
    plans = (
        AgencyPlan(seed=seed, scale=scale, effects=Effects.none())
        for seed in range(1, agencies + 1)
    )
    built = build(work, map(by_seed, plans), ("+fct_claims",), has_tests=False)
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        cursor = connection.execute(_BY_MEASURE)
        names = [column[0] for column in cursor.description or []]
        claims = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        crude, stratified, shown = (
            connection.execute(_OVERALL + condition, [adjustment]).fetchall()[0]
            for adjustment, condition in (
                ("crude", _JUDGED),
                ("stratified", _JUDGED),
                ("crude", "true"),
            )
        )
    return Outcome(
        "coverage" if agencies == 200 else f"coverage_{agencies}",
        (
            Figure("agencies", agencies),
            Figure("records landed", built.records),
            Figure("dbt build", round(built.seconds, 1), "s"),
            _share("coverage, crude", *crude),
            _share("coverage, stratified", *stratified),
            _share("coverage, crude, all intervals shown", shown[0], shown[1], has_aim=False),
            *of_claims(claims),
        ),
        {"scale": scale, "claims": claims},
    )


def of_claims(rows: list[dict[str, Any]]) -> tuple[Figure, ...]:
    """A figure per claim over all time, crude, from the rows that are kept as details."""
    return tuple(_of_claim(row) for row in rows if _is_headline(row))


def _is_headline(row: dict[str, Any]) -> bool:
    return bool(row["period"] == "all" and row["adjustment"] == "crude")


def _of_claim(row: dict[str, Any]) -> Figure:
    """Of intervals with a verdict behind them; of all shown where those are few."""
    if row["judged"] >= row["agencies"] / 4:
        return _aimed(row["claim"], row["judged"], row["judged_covered"])
    return _aimed(f"{row['claim']} (shown)", row["intervals"], row["covered"])


def _aimed(name: str, count: int, covered: float | None) -> Figure:
    """One claim's share, with the aim widened by the error of counting so few intervals."""
    if covered is None or not count:
        return Figure(name, "no interval")
    low, high = tolerated(count)
    told = f"{100 * covered:.1f} % of {count:,}"
    aim = f"{100 * low / count:.1f}-{100 * high / count:.1f} %"
    return Figure(name, told, "", aim, low <= round(covered * count) <= high)


def tolerated(count: int) -> tuple[int, int]:
    """Fewest and most of ``count`` intervals that hold zero, for a true coverage of 93 to 97 %.

    The exact binomial quantiles of the ends: at 200 the usual approximation passes 100 %.
    """
    tail = (1 - _CERTAINTY) / 2
    return _quantile(count, _LOW, tail), _quantile(count, _HIGH, 1 - tail)


def _quantile(count: int, share: float, probability: float) -> int:
    """The smallest number with at least this probability up to it."""
    reached = 0.0
    for hits in range(count + 1):
        reached += comb(count, hits) * share**hits * (1 - share) ** (count - hits)
        if reached >= probability:
            return hits
    return count


def _share(name: str, count: int, covered: float | None, has_aim: bool = True) -> Figure:
    if covered is None:
        return Figure(name, "no interval")
    value = f"{100 * covered:.1f} % of {count:,}"
    if not has_aim:
        return Figure(name, value)
    return Figure(name, value, "", "93-97 %", _LOW <= covered <= _HIGH)
