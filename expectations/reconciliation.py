"""Source totals against the candidate's: what landed must be in the marts, to the cent."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb

from expectations.candidate import JudgedCandidate, LandingFile
from expectations.comparisons import COMPARISONS, Comparison
from expectations.files import file_sha256
from expectations.landing_records import open_landing
from expectations.verdict import Check

Totals = dict[str, Decimal]
MARTS = ("fct_revenue", "fct_costs", "fct_placements", "fct_survey_responses")
REFUSED = "int_rejected_records"


def check_name(comparison: str) -> str:
    """The name under which a comparison appears in a verdict."""
    return f"reconciliation:{comparison}"


def reconcile(
    candidate: JudgedCandidate,
    files: Iterable[LandingFile],
    known: Callable[[str, str], Check | None] = lambda name, read: None,
) -> list[Check]:
    """One check per comparison. Amounts are in document currency, net of tax.

    ``known`` gives the check that a comparison, by its check's name, would have on the files
    that it reads (``Check.read``), where that is known.
    """
    landed = list(files)
    reads = {each.name: _read(candidate, landed, each) for each in COMPARISONS}
    found = {
        name: check
        for name, read in reads.items()
        if read and (check := known(check_name(name), read)) is not None
    }
    fresh = [comparison for comparison in COMPARISONS if comparison.name not in found]
    for name, check in _fresh(candidate, landed, fresh):
        found[name] = replace(check, read=reads[name])
    return [found[comparison.name] for comparison in COMPARISONS]


def _fresh(
    candidate: JudgedCandidate, files: Iterable[LandingFile], comparisons: Iterable[Comparison]
) -> Iterator[tuple[str, Check]]:
    try:
        connection = open_landing(files)
        _refused(connection, candidate)
    except duckdb.Error as error:
        reason = f"landing or evidence could not be read ({type(error).__name__})"
        yield from ((each.name, _unchecked(each, reason)) for each in comparisons)
        return
    with connection:
        yield from ((each.name, _compare(connection, candidate, each)) for each in comparisons)


def _read(candidate: JudgedCandidate, files: Iterable[LandingFile], comparison: Comparison) -> str:
    """Names what a comparison reads: landed files, which never change, and the candidate's.

    Empty when one of them cannot be read.
    """
    try:
        landed = sorted(
            (str(file.path), found.st_size, found.st_mtime_ns)
            for file in files
            if f"{file.vendor}_{file.entity}" in comparison.landing_query
            for found in [file.path.stat()]
        )
        published = [
            (name, file_sha256(path))
            for name, path in sorted(_published(candidate, comparison).items())
        ]
        refused = file_sha256(candidate.evidence(REFUSED))
    except OSError:
        return ""
    return hashlib.sha256(json.dumps([landed, published, refused]).encode()).hexdigest()


def _refused(connection: duckdb.DuckDBPyConnection, candidate: JudgedCandidate) -> None:
    """Records refused in staging are listed by name, and not expected in the marts."""
    # What was refused at landing lies in the vendor's rejects, not among the entity's files.
    connection.execute(
        "create table refused as select source_relation, source_entity, source_record_id "
        "from read_parquet($path) where stage = 'staging'",
        {"path": str(candidate.evidence(REFUSED))},
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
    """The comparison's Parquet files, under their names."""
    for name, path in _published(candidate, comparison).items():
        literal = str(path).replace("'", "''")
        connection.execute(
            f"create or replace view {name} as select * from read_parquet('{literal}')"
        )


def _published(candidate: JudgedCandidate, comparison: Comparison) -> dict[str, Path]:
    """The Parquet files that the comparison's mart query names, by mart and evidence model."""
    paths = {name: candidate.mart(name) for name in MARTS if name in comparison.mart_query}
    if comparison.evidence:
        paths[comparison.evidence] = candidate.evidence(comparison.evidence)
    return paths


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
