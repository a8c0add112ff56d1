"""Records and answers that could not be used as they are: counted, listed by id, and limited."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.candidate import JudgedCandidate
from expectations.verdict import Check, Kind, Status

LISTED = 20


@dataclass(frozen=True, slots=True)
class RecordList:
    """A model of the evidence with one row per record at fault, or per kind of fault.

    ``told`` is SQL over its columns for what a row is about and why: ids and names of fields,
    never a value; record ids are not personal data. ``where`` leaves rows out, and ``count``
    says how many faults a row stands for.
    """

    kind: Kind
    model: str
    told: str
    where: str = "true"
    count: str = "1"

    @property
    def check_name(self) -> str:
        """What the check of this list is called in a verdict."""
        return f"{self.kind}:{self.model}"


_RECORD = "source_entity || ' ' || source_record_id || ' (' || source_relation || '): ' || "
REJECTED = RecordList("rejects", "int_rejected_records", _RECORD + "reason")
UNKNOWN_VALUES = RecordList("unknown", "int_unknown_values", _RECORD + "field")
# A question on another scale, or a number off the scale, would leave NPS without a word.
OFF_SCALE = RecordList(
    "unknown",
    "survey_exclusions",
    "form_id || ': ' || reason || ' (' || answers || ')'",
    "reason in ('other_scale_sent_as_nps', 'score_off_scale')",
    "answers",
)
LISTS = (REJECTED, UNKNOWN_VALUES, OFF_SCALE)


def listed_check(candidate: JudgedCandidate, records: RecordList, limit: int) -> Check:
    """Passes when at most ``limit`` faults are in the list; names the first of them."""
    path = candidate.evidence(records.model)
    try:
        count, rows, listed = _listed(path, records)
    except duckdb.Error as error:
        return _check(records, "unchecked", "", limit, f"{path.name}: {type(error).__name__}")
    message = "; ".join(listed) + (f"; and {rows - LISTED} more" if rows > LISTED else "")
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


def _listed(path: Path, records: RecordList) -> tuple[int, int, list[str]]:
    """How many faults, in how many rows, and the first rows."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {records.told} as told, sum({records.count}) over (), count(*) over () "
            f"from read_parquet($path) where {records.where} order by told limit $limit",
            {"path": str(path), "limit": LISTED},
        ).fetchall()
    count, length = (int(rows[0][1]), int(rows[0][2])) if rows else (0, 0)
    return count, length, [str(told) for told, _, _ in rows]


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
