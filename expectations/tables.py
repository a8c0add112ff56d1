"""The candidate's tables: their columns, and whether they equal the Parquet files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from expectations.candidate import JudgedCandidate
from expectations.names import suite_check_name
from expectations.rules import Rule
from expectations.verdict import Check, Status

SAME_ROWS = "same_rows_as_parquet"
SAID = "as many rows, with the same sum of row hashes, as the Parquet file"

Columns = Mapping[str, tuple[tuple[str, str], ...]]


def candidate_columns(candidate: JudgedCandidate) -> Columns:
    """(name, type) of every column by mart, of the tables in the candidate's database."""
    found: dict[str, list[tuple[str, str]]] = {}
    with duckdb.connect(str(candidate.database), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() "
            "where schema_name = 'marts' order by table_name, column_index"
        ).fetchall()
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return {table: tuple(columns) for table, columns in found.items()}


def same_rows_checks(
    candidate: JudgedCandidate,
    marts: Sequence[str],
    files: Mapping[str, str],
    known: Mapping[str, str],
) -> list[Check]:
    """BI reads the database, the release's identity is its Parquet: they must be equal.

    Args:
        candidate: what is judged.
        marts: names of all that must be in it.
        files: the candidate's Parquet files and their hex hashes.
        known: ``Check.read`` of such checks that passed, by name: what a file of the same bytes
            holds is not counted again. Tables are, each time.
    """
    try:
        with duckdb.connect(str(candidate.database), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return [
                _same_rows(
                    connection,
                    candidate,
                    mart,
                    f"{files.get(f'{mart}.parquet', '')} by DuckDB {duckdb.__version__}",
                    known.get(suite_check_name(mart, SAME_ROWS), ""),
                )
                for mart in marts
            ]
    except duckdb.Error as error:
        reason = f"the database cannot be opened ({type(error).__name__})"
        return [_check(mart, "unchecked", "", SAID, reason) for mart in marts]


def _same_rows(
    connection: duckdb.DuckDBPyConnection,
    candidate: JudgedCandidate,
    mart: str,
    bytes_read: str,
    known: str,
) -> Check:
    path = str(candidate.mart(mart)).replace("'", "''")
    same_bytes, _, held = known.rpartition(": ")
    try:
        table = _fingerprint(connection, f'marts."{mart}"')
        if same_bytes != bytes_read:
            held = _fingerprint(connection, f"read_parquet('{path}')")
    except duckdb.Error as error:
        return _check(mart, "unchecked", "", SAID, f"could not be read ({type(error).__name__})")
    counts = [each.split(" ")[0] for each in (table, held)]
    observed = f"{counts[0]} rows in the table, {counts[1]} in the file"
    passed = _check(mart, "passed" if table == held else "failed", observed, SAID, "")
    return replace(passed, read=f"{bytes_read}: {held}")


def _fingerprint(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    row = connection.execute(
        f"select count(*), sum(hash(each)::hugeint) from {relation} as each"
    ).fetchone()
    assert row is not None
    return f"{row[0]} {row[1]}"


def measured(candidate: JudgedCandidate, rule: Rule, mart: str) -> str:
    """The failing rule's count or share: an aggregate, told so that a failure has a size."""
    if not rule.measure:
        return ""
    query = rule.measure.replace("{batch}", f'marts."{mart}"')
    with duckdb.connect(str(candidate.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        row = connection.execute(query).fetchone()
    return "" if row is None else str(row[0])


def keys_at_fault(candidate: JudgedCandidate, rule: Rule, mart: str, listed: int = 20) -> str:
    """The first keys of the rows that the failing rule is about, and how many more there are."""
    if not rule.keys:
        return ""
    query = rule.keys.replace("{batch}", f'marts."{mart}"')
    with duckdb.connect(str(candidate.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.execute(
            f"select key, count(*) over () from (select distinct * from ({query})) as f(key) "
            f"order by key limit {listed}"
        ).fetchall()
    more = rows[0][1] - len(rows) if rows else 0
    return ", ".join(str(key) for key, _ in rows) + (f", and {more} more" if more else "")


def _check(mart: str, status: Status, observed: str, expected: str, message: str) -> Check:
    return Check(
        name=suite_check_name(mart, SAME_ROWS),
        kind="suite",
        subject=mart,
        status=status,
        observed=observed,
        expected=expected,
        message=message,
    )
