"""Records that could not be used: counted, listed by id, and limited."""

from pathlib import Path

import duckdb

from expectations.candidate import JudgedCandidate
from expectations.verdict import Check, Status

CHECK_NAME = "rejects:int_rejected_records"
LISTED = 20


def rejects_check(candidate: JudgedCandidate, limit: int) -> Check:
    """Passes when at most ``limit`` records were refused. Record ids are not personal data."""
    path = candidate.evidence("int_rejected_records")
    try:
        count, listed = _rejected(path)
    except duckdb.Error as error:
        return _check("unchecked", "", limit, f"{path.name}: {type(error).__name__}")
    message = "; ".join(listed) + (f"; and {count - LISTED} more" if count > LISTED else "")
    return _check("failed" if count > limit else "passed", str(count), limit, message)


def rejected_records(folder: Path) -> list[dict[str, str]]:
    """All refused records of a candidate or release: entity, record id, stage and reason."""
    path = JudgedCandidate(folder).evidence("int_rejected_records")
    with duckdb.connect() as connection:
        cursor = connection.execute(
            "select source_entity, source_relation, source_record_id, stage, reason "
            "from read_parquet($path) order by all",
            {"path": str(path)},
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _rejected(path: Path) -> tuple[int, list[str]]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select source_entity, source_relation, source_record_id, reason, count(*) over () "
            "from read_parquet($path) order by all limit $limit",
            {"path": str(path), "limit": LISTED},
        ).fetchall()
    listed = [
        f"{entity} {record} ({source}): {reason}" for entity, source, record, reason, _ in rows
    ]
    return (rows[0][4] if rows else 0), listed


def _check(status: Status, observed: str, limit: int, message: str) -> Check:
    return Check(
        name=CHECK_NAME,
        kind="rejects",
        subject="int_rejected_records",
        status=status,
        observed=observed,
        expected=f"at most {limit}",
        message=message,
    )
