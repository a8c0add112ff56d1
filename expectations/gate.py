"""The gate: everything that is checked before a candidate may be published."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import duckdb

from expectations.candidate import JudgedCandidate, LandingFile
from expectations.carried import Earlier, carried, carried_comparison, carried_reads
from expectations.dbt_results import DbtResult, dbt_checks
from expectations.errors import CandidateChanged
from expectations.expected import public_mart_names
from expectations.files import content_sha256, file_sha256, parquet_hashes
from expectations.reconciliation import reconcile
from expectations.rejects import OFF_SCALE, REJECTED, UNKNOWN_VALUES, listed_check
from expectations.rules import Rule
from expectations.suite_run import run_suites
from expectations.suites import all_suites
from expectations.suites.every_mart import no_email_address
from expectations.tables import (
    Columns,
    candidate_columns,
    keys_at_fault,
    measured,
    same_rows_checks,
)
from expectations.thresholds import Thresholds
from expectations.verdict import Check, Verdict

DEFAULT_LIMITS = Thresholds()
Suites = Mapping[str, Sequence[Rule]]


def judge(  # noqa: PLR0913 - separate facts, each by keyword
    candidate: JudgedCandidate,
    *,
    manifest: Mapping[str, object],
    dbt_results: Iterable[DbtResult],
    landing: Iterable[LandingFile],
    as_of: date,
    evaluated_at: datetime,
    limits: Thresholds = DEFAULT_LIMITS,
    code: str = "",
    earlier: Earlier | None = None,
) -> Verdict:
    """Check the candidate's bytes and say so; takes seconds, most of them an import.

    ``manifest`` is dbt's, ``as_of`` the build's ``as_of_date``, ``evaluated_at`` now in UTC.
    ``code`` is a digest of the rules' code: with it, what ``earlier`` found about the same bytes
    is carried over.
    A check that crashes is in the verdict as ``unchecked``. Raises ``CandidateChanged`` when
    the bytes changed meanwhile, ``OSError`` when the folder cannot be read.
    """
    files = parquet_hashes(candidate.folder)
    before = content_sha256(files.items()), file_sha256(candidate.database)
    marts = public_mart_names(manifest)
    basis = _basis(code, as_of, limits)
    # Sums over landing are DuckDB's work, rules are mostly Python's: side by side.
    with ThreadPoolExecutor(1) as beside:
        compared = beside.submit(
            reconcile,
            candidate,
            landing,
            lambda name, read: carried_comparison(name, read, basis, earlier),
        )
        # Before Great Expectations opens the file: DuckDB allows one way of opening it at a time.
        tables = same_rows_checks(candidate, marts, files, carried_reads(basis, earlier))
        found = _suite_checks(
            candidate,
            marts,
            all_suites(manifest, as_of, limits),
            lambda suites: carried(suites, files, basis, earlier),
        )
    checks = [
        *dbt_checks(manifest, dbt_results),
        *tables,
        *found,
        *compared.result(),
        listed_check(candidate, REJECTED, limits.max_rejected_records),
        listed_check(candidate, UNKNOWN_VALUES, limits.max_unknown_values),
        listed_check(candidate, OFF_SCALE, limits.max_off_scale_answers),
    ]
    if _hashes(candidate) != before:
        raise CandidateChanged(
            f"{candidate.folder} was changed while it was judged; build the candidate again"
        )
    return Verdict(*before, checks=tuple(checks), evaluated_at=evaluated_at, basis=basis)


def _basis(code: str, as_of: date, limits: Thresholds) -> str:
    told = json.dumps([code, as_of.isoformat(), dataclasses.asdict(limits)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest() if code else ""


def _hashes(candidate: JudgedCandidate) -> tuple[str, str]:
    content = content_sha256(parquet_hashes(candidate.folder).items())
    return content, file_sha256(candidate.database)


def _suite_checks(
    candidate: JudgedCandidate,
    marts: Sequence[str],
    declared: Suites,
    known: Callable[[Suites], dict[str, list[Check]]],
) -> list[Check]:
    try:
        columns = candidate_columns(candidate)
    except duckdb.Error:
        columns = {}
    suites = _suites(marts, columns, declared)
    again = known(suites)
    fresh = {mart: rules for mart, rules in suites.items() if mart not in again}
    checks = run_suites(candidate.database, fresh, frozenset(columns))
    return [
        *(check for mart in sorted(again) for check in again[mart]),
        *(_sized(candidate, check, suites) for check in checks),
    ]


def _suites(
    marts: Sequence[str], columns: Columns, declared: Suites
) -> dict[str, tuple[Rule, ...]]:
    """Declared rules, and those of every public mart."""
    suites = {mart: tuple(rules) for mart, rules in declared.items()}
    for mart in marts:
        suites[mart] = (*suites.get(mart, ()), no_email_address(columns.get(mart, ())))
    return suites


def _sized(candidate: JudgedCandidate, check: Check, suites: Mapping[str, Sequence[Rule]]) -> Check:
    """A failed check with the number of offending rows, or the share, and their keys."""
    if check.status != "failed":
        return check
    rule = next(rule for rule in suites[check.subject] if check.name.endswith(f":{rule.name}"))
    try:
        observed = measured(candidate, rule, check.subject)
        keys = keys_at_fault(candidate, rule, check.subject)
    except duckdb.Error:
        observed, keys = "not measured", ""
    return dataclasses.replace(check, observed=observed, message=keys or check.message)
