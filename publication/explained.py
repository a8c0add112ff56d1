"""Walks from a mart row down to the rows of the agency model that it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from publication.declared import evidence_from_json, marts_from_json
from publication.landed_records import RecordName
from publication.marts import ExplainStep
from publication.releases import Release
from publication.rows import Row, find_rows

MAX_DEPTH = 4
MAX_ROWS_PER_STEP = 20
MAX_ROWS = 500
MONTHS = {"month": 1, "trailing_3m": 3, "trailing_6m": 6, "trailing_12m": 12}


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One row of a mart or of the agency model, with the rows it was made of.

    ``record`` names the landed payload behind a row of the agency model. ``unlisted``
    counts, by model, the rows that were found and are not listed.
    """

    model: str
    row: Row
    record: RecordName | None
    made_of: tuple["ExplainedRow", ...]
    unlisted: Mapping[str, int]


class Walk:
    """One walk through one release; it ends after ``MAX_ROWS`` rows or ``MAX_DEPTH`` steps."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, release: Release) -> None:
        """``connection`` is private to the walk; nothing is written."""
        manifest = release.manifest()
        marts = marts_from_json(manifest["marts"])
        models = evidence_from_json(manifest["evidence"])
        self._connection = connection
        self._paths = {mart.name: release.folder / f"{mart.name}.parquet" for mart in marts}
        for model in models:
            self._paths[model.name] = release.folder / "evidence" / f"{model.name}.parquet"
        self._steps = {mart.name: mart.explain for mart in marts}
        self._steps |= {model.name: model.explain for model in models}
        self._left = MAX_ROWS

    def below(self, model: str, row: Row, path: tuple[str, ...] = ()) -> ExplainedRow:
        """The row with everything below it. A model is not entered twice on one path."""
        made_of: list[ExplainedRow] = []
        unlisted: dict[str, int] = {}
        self._left -= 1
        for step in self._steps.get(model, ()):
            if step.model == model or step.model in path:
                continue
            rows, count = self._rows(row, step, len(path))
            made_of += [self.below(step.model, each, (*path, model)) for each in rows]
            if count > len(rows):
                unlisted[step.model] = unlisted.get(step.model, 0) + count - len(rows)
        return ExplainedRow(model, row, record_name(row), tuple(made_of), unlisted)

    def _rows(self, row: Row, step: ExplainStep, depth: int) -> tuple[list[Row], int]:
        where: dict[str, Any] = {}
        for mart_column, model_column in zip(step.mart_key, step.model_key, strict=True):
            value = row[mart_column]
            if value is None:
                return [], 0
            # In a metric row `all` is every value of the dimension, not a value.
            if not ("metric" in row and value == "all"):
                where[model_column] = value
        limit = min(MAX_ROWS_PER_STEP, max(self._left, 0)) if depth < MAX_DEPTH else 0
        window = _window(row, step.model_date)
        return find_rows(self._connection, self._paths[step.model], where, limit, window)


def record_name(row: Row) -> RecordName | None:
    """The landed record behind a row of the agency model, which carries its name and hash."""
    wanted = ("source_entity", "source_relation", "source_record_id", "payload_sha256")
    values = [row.get(column) for column in wanted]
    return None if None in values else RecordName(*(str(value) for value in values))


def _window(row: Row, model_date: str | None) -> tuple[str, date, date] | None:
    """The days of a metric row's period, for models that say which date counts."""
    months = MONTHS.get(str(row.get("period")))
    if model_date is None or months is None:
        return None
    first: date = row["period_start"]
    ahead = first.month - 1 + months
    return model_date, first, date(first.year + ahead // 12, ahead % 12 + 1, 1)
