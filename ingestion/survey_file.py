"""A CSV of survey answers, checked as a whole: either every row is sound or none is taken."""

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from ingestion.envelope import Record
from ingestion.errors import DropError

REQUIRED = ("respondent_email", "score", "comment", "submitted_at", "company_key")
OPTIONAL = ("respondent_kind", "trigger")
_KINDS = ("candidate", "client")
# What a spreadsheet would execute (OWASP, CSV injection). A leading minus alone is prose.
_FORMULA = re.compile(r"^[=@\t\r]|^[+-][^\s].*[(!|]")
_LISTED = 5


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A sound file: its digest (hex SHA-256 of the bytes) and one record per row."""

    name: str
    sha256: str
    records: list[Record]


def read_survey_file(path: Path) -> SurveyFile:
    """Read and check one file.

    Columns: respondent_email, score (0-10 or empty), comment, submitted_at (ISO 8601 with
    its offset), company_key; optionally respondent_kind (client unless said) and trigger
    (relationship_client unless said). Further columns are kept in the payload.

    Raises:
        DropError: names file, row and column, and never the value, which may be personal.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    rows = _rows(path.name, content)
    problems = [
        f"row {number}, {problem}"
        for number, row in enumerate(rows, start=2)
        for problem in _problems(row)
    ]
    if problems:
        more = f" and {len(problems) - _LISTED} more" if len(problems) > _LISTED else ""
        raise DropError(
            f"{path.name}: {'; '.join(problems[:_LISTED])}{more}. "
            "Correct these rows and drop the file again; none of its rows was taken."
        )
    records = [
        Record(f"{digest[:16]}:{number}", None, "upsert", _payload(row, digest, number))
        for number, row in enumerate(rows, start=2)
    ]
    return SurveyFile(path.name, digest, records)


def _rows(name: str, content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DropError(
            f"{name}: byte {error.start} is not UTF-8. Save the file as 'CSV UTF-8'."
        ) from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header = [column.strip() for column in reader.fieldnames or []]
        _check_header(name, header)
        reader.fieldnames = header
        rows = list(reader)
    except csv.Error as error:
        raise DropError(
            f"{name}: line {reader.line_num} is not CSV ({error}). Check its quotes."
        ) from error
    if not rows:
        raise DropError(f"{name}: 0 rows below the header. Drop a file with answers in it.")
    return rows


def _check_header(name: str, header: list[str]) -> None:
    if len(header) == 1:
        for delimiter, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if delimiter in header[0]:
                raise DropError(f"{name}: columns are separated by {called}. Save it with commas.")
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise DropError(
            f"{name}: missing column {', '.join(missing)}; there are "
            f"{', '.join(header) or 'none'}. Add it to the first line."
        )
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        raise DropError(f"{name}: column {', '.join(repeated)} stands twice. Remove one.")


def _problems(row: dict[str, str]) -> list[str]:
    found = []
    if None in row or None in row.values():
        return ["the row has another number of columns than the header"]
    found += [f"{column}: a formula" for column, value in row.items() if _FORMULA.match(value)]
    score = row["score"].strip()
    if score and not (score.isascii() and score.isdigit() and int(score) <= 10):
        found.append("score: not a whole number from 0 to 10")
    if not _is_instant(row["submitted_at"]):
        found.append("submitted_at: not an instant with its offset, as 2026-01-15T10:00:00Z")
    if row["respondent_email"].count("@") != 1:
        found.append("respondent_email: not an address")
    if (row.get("respondent_kind") or "client") not in _KINDS:
        found.append(f"respondent_kind: not one of {', '.join(_KINDS)}")
    return found


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.strip()).tzinfo is not None
    except ValueError:
        return False


def _payload(row: dict[str, str], digest: str, number: int) -> bytes:
    return msgspec.json.encode({**row, "file_sha256": digest, "row_number": number})
