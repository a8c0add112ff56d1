"""Runs rules on a candidate's tables with Great Expectations, pushed down to DuckDB."""

import enum
import functools
import importlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from expectations.names import suite_check_name
from expectations.rules import Rule
from expectations.verdict import Check, Status
from expectations.warming import great_expectations


class _Dialect(enum.StrEnum):
    DUCKDB = "duckdb"


@functools.cache
def _context() -> Any:
    """The one ephemeral context of this process."""
    gx = great_expectations()
    engine: Any = importlib.import_module(
        "great_expectations.execution_engine.sqlalchemy_execution_engine"
    )
    # Without this every query on DuckDB ends in "list index out of range" (1.24): the
    # connection is closed before its rows are fetched.
    if _Dialect.DUCKDB not in engine._PERSISTED_CONNECTION_DIALECTS:
        engine._PERSISTED_CONNECTION_DIALECTS += (_Dialect.DUCKDB,)
    context = gx.get_context(mode="ephemeral")
    models = importlib.import_module("great_expectations.data_context.types.base")
    context.variables.progress_bars = models.ProgressBarsConfig(globally=False)
    return context


def prepared() -> None:
    """Have the library's context made, which takes a second, before anything is judged."""
    _context()


@contextmanager
def _datasource(database: Path) -> Iterator[Any]:
    """The database, opened read-only; closed afterwards so that others may open it."""
    name = f"candidate_{uuid.uuid4().hex}"
    source = _context().data_sources.add_sql(
        name,
        connection_string=f"duckdb:///{database}",
        kwargs={"connect_args": {"read_only": True}},
        create_temp_table=False,
    )
    try:
        yield source
    finally:
        _close(source)
        _context().data_sources.delete(name)


def _close(source: Any) -> None:
    # DuckDB refuses a second connection with other settings to a file that is open in this
    # process, and the library keeps two pools and one connection open.
    engine = source.get_execution_engine()
    if engine._connection is not None:
        engine._connection.close()
    engine.close()
    source.get_engine().dispose()


def run_suites(
    database: Path, suites: Mapping[str, Sequence[Rule]], present: frozenset[str]
) -> list[Check]:
    """One check per rule. A mart that is not ``present`` leaves its rules unchecked."""
    checks = [
        unchecked(mart, rule, "the candidate has no such mart")
        for mart in sorted(suites.keys() - present)
        for rule in suites[mart]
    ]
    there = sorted(suites.keys() & present)
    try:
        with _datasource(database) as source:
            return checks + [
                check for mart in there for check in _run_suite(source, mart, suites[mart])
            ]
    except Exception as error:  # whatever it was, it is the reason why nothing was checked
        reason = _reason(error)
        return checks + [unchecked(mart, rule, reason) for mart in there for rule in suites[mart]]


def _run_suite(source: Any, mart: str, rules: Sequence[Rule]) -> list[Check]:
    gx = great_expectations()
    try:
        asset = source.add_table_asset(mart, table_name=mart, schema_name="marts")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        suite = gx.ExpectationSuite(
            name=mart, expectations=[_expectation(gx, rule) for rule in rules]
        )
        outcome = batch.validate(suite, result_format="BOOLEAN_ONLY")
    except Exception as error:  # likewise, for this mart
        return [unchecked(mart, rule, _reason(error)) for rule in rules]
    results = {result.expectation_config.meta["rule"]: result for result in outcome.results}
    return [_check(mart, rule, results.get(rule.name)) for rule in rules]


def _expectation(gx: Any, rule: Rule) -> Any:
    kind = getattr(gx.expectations, rule.expectation)
    arguments = {key: value for key, value in rule.arguments.items() if value is not None}
    return kind(**arguments, meta={"rule": rule.name})


def _check(mart: str, rule: Rule, result: Any) -> Check:
    if result is None:
        return unchecked(mart, rule, "Great Expectations returned no result for this rule")
    raised = list(_raised(result.exception_info))
    if raised:
        return unchecked(mart, rule, raised[0])
    status: Status = "passed" if result.success is True else "failed"
    return _outcome(mart, rule, status, "")


def _raised(exception_info: Mapping[str, Any] | None) -> Iterator[str]:
    """Messages of the exceptions in a result: its info is one dict, or one per metric."""
    info = exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            yield _shortened(str(entry.get("exception_message", "")))


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {_shortened(str(error))}"


def _shortened(message: str) -> str:
    """What may be told of an exception: an absent name. Other texts can quote a row's value."""
    missing = ("does not exist", "not found in FROM clause", "Table with name")
    first_line = message.splitlines()[0] if message else ""
    if any(phrase in first_line for phrase in missing):
        return first_line[:200]
    return "the rule crashed; run the suite on this candidate by hand to see why"


def unchecked(mart: str, rule: Rule, reason: str) -> Check:
    """The check of a rule that could not be evaluated."""
    return _outcome(mart, rule, "unchecked", reason)


def _outcome(mart: str, rule: Rule, status: Status, message: str) -> Check:
    return Check(
        name=suite_check_name(mart, rule.name),
        kind="suite",
        subject=mart,
        status=status,
        expected=rule.says,
        message=message,
    )
