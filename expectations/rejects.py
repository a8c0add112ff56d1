"""Records that could not be used as they are: counted, listed by id, and limited."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.candidate import JudgedCandidate
from expectations.verdict import Check, Kind, Status

LISTED = 20


@dataclass(frozen=True, slots=True)
class RecordList:
    """A model of the evidence with one row per record at fault; ``fault`` is its column for why.

    The column names a field, never a value; record ids are not personal data.
    """

    kind: Kind
    model: str
    fault: str

    @property
    def check_name(self) -> str:
        """What the check of this list is called in a verdict."""
        return f"{self.kind}:{self.model}"


REJECTED = RecordList("rejects", "int_rejected_records", "reason")
UNKNOWN_VALUES = RecordList("unknown", "int_unknown_values", "field")
LISTS = (REJECTED, UNKNOWN_VALUES)


def listed_check(candidate: JudgedCandidate, records: RecordList, limit: int) -> Check:
    """Passes when at most ``limit`` rows are in the list; names the first of them."""
    path = candidate.evidence(records.model)
    try:
        count, listed = _listed(path, records)
    except duckdb.Error as error:
        return _check(records, "unchecked", "", limit, f"{path.name}: {type(error).__name__}")
    message = "; ".join(listed) + (f"; and {count - LISTED} more" if count > LISTED else "")
    status: Status = "failed" if count > limit else "passed"
    return _check(records, status, str(count), limit, message)


def rejected_records(folder: Path) -> list[dict[str, str]]:
    """All refused records of a candidate or release: entity, record id, stage and reason."""
    path = JudgedCandidate(folder).evidence(REJECTED.model)
    with duckdb.connect() as connection:
        cursor = connection.execute(
            "select source_entity, source_relation, source_record_id, stage, reason "
            "from read_parquet($path) order by all",
            {"path": str(path)},
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _listed(path: Path, records: RecordList) -> tuple[int, list[str]]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select source_entity, source_relation, source_record_id, {records.fault}, "
            "count(*) over () from read_parquet($path) order by all limit $limit",
            {"path": str(path), "limit": LISTED},
        ).fetchall()
    listed = [f"{entity} {record} ({source}): {fault}" for entity, source, record, fault, _ in rows]
    return (rows[0][4] if rows else 0), listed


def _check(records: RecordList, status: Status, observed: str, limit: int, message: str) -> Check:
    return Check(
        name=records.check_name,
        kind=records.kind,
        subject=records.model,
        status=status,
        observed=observed,
        expected=f"at most {limit}",
        message=message,
    )
