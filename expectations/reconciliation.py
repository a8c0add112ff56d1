"""Source totals against the candidate's: what landed must be in the marts, to the cent."""

from collections.abc import Iterable
from decimal import Decimal

import duckdb

from expectations.candidate import JudgedCandidate, LandingFile
from expectations.comparisons import COMPARISONS, Comparison
from expectations.landing_records import open_landing
from expectations.verdict import Check

Totals = dict[str, Decimal]
MARTS = ("fct_revenue", "fct_costs", "fct_placements", "fct_survey_responses")


def check_name(comparison: str) -> str:
    """The name under which a comparison appears in a verdict."""
    return f"reconciliation:{comparison}"


def reconcile(candidate: JudgedCandidate, files: Iterable[LandingFile]) -> list[Check]:
    """One check per comparison. Amounts are in document currency, net of tax."""
    try:
        connection = open_landing(files)
        _refused(connection, candidate)
    except duckdb.Error as error:
        reason = f"landing or evidence could not be read ({type(error).__name__})"
        return [_unchecked(comparison, reason) for comparison in COMPARISONS]
    with connection:
        return [_compare(connection, candidate, comparison) for comparison in COMPARISONS]


def _refused(connection: duckdb.DuckDBPyConnection, candidate: JudgedCandidate) -> None:
    """Records refused in staging are listed by name, and not expected in the marts."""
    # What was refused at landing lies in the vendor's rejects, not among the entity's files.
    connection.execute(
        "create table refused as select source_relation, source_entity, source_record_id "
        "from read_parquet($path) where stage = 'staging'",
        {"path": str(candidate.evidence("int_rejected_records"))},
    )


def _compare(
    connection: duckdb.DuckDBPyConnection, candidate: JudgedCandidate, comparison: Comparison
) -> Check:
    try:
        _open_marts(connection, candidate, comparison)
        landed = _totals(connection, comparison.landing_query)
        published = _totals(connection, comparison.mart_query)
    except duckdb.Error as error:
        return _unchecked(comparison, f"a total could not be computed ({type(error).__name__})")
    return Check(
        name=check_name(comparison.name),
        kind="reconciliation",
        subject=comparison.mart,
        status="passed" if landed == published else "failed",
        observed=_told(published),
        expected=_told(landed),
        message="" if landed == published else _difference(landed, published),
    )


def _open_marts(
    connection: duckdb.DuckDBPyConnection, candidate: JudgedCandidate, comparison: Comparison
) -> None:
    """The Parquet files that the comparison's mart query names, under their names."""
    names = {name: candidate.mart(name) for name in MARTS if name in comparison.mart_query}
    if comparison.evidence:
        names[comparison.evidence] = candidate.evidence(comparison.evidence)
    for name, path in names.items():
        literal = str(path).replace("'", "''")
        connection.execute(
            f"create or replace view {name} as select * from read_parquet('{literal}')"
        )


def _totals(connection: duckdb.DuckDBPyConnection, query: str) -> Totals:
    """Totals by label; zero totals are left out, so that "none" and "0" agree."""
    found: Totals = {}
    for label, total in connection.execute(query).fetchall():
        if total:
            found[str(label)] = Decimal(str(total))
    return found


def _difference(landed: Totals, published: Totals) -> str:
    parts = []
    for label in sorted(landed.keys() | published.keys()):
        gap = published.get(label, Decimal(0)) - landed.get(label, Decimal(0))
        if gap:
            parts.append(f"{label}: the mart has {gap:+f} against landing")
    return "; ".join(parts)


def _told(totals: Totals) -> str:
    return "; ".join(f"{label} {totals[label]:f}" for label in sorted(totals)) or "none"


def _unchecked(comparison: Comparison, reason: str) -> Check:
    return Check(
        name=check_name(comparison.name),
        kind="reconciliation",
        subject=comparison.mart,
        status="unchecked",
        message=reason,
    )
