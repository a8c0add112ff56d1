"""Records of one entity, unchanging: their bytes, columns to filter by, and cached answers."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
T = TypeVar("T")

_KEPT_ANSWERS = 64


class Shelf:
    """Built once per change of the store; every filter is a numpy mask over all records."""

    def __init__(self, raws: list[bytes]) -> None:
        self.raws = raws
        self._records: list[dict[str, Any]] | None = None
        self._columns: dict[str, list[Any]] = {}
        self._projections: dict[Hashable, list[bytes | None]] = {}
        self._answers: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.raws)

    @property
    def records(self) -> list[dict[str, Any]]:
        """All records, decoded; only to be read."""
        if self._records is None:
            self._records = [msgspec.json.decode(raw) for raw in self.raws]
        return self._records

    def column(self, path: str) -> list[Any]:
        """The values of a dotted path; None where a record lacks it."""
        if path not in self._columns:
            self._columns[path] = [_at(record, path.split(".")) for record in self.records]
        return self._columns[path]

    def remembered(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer, computed once; the oldest are forgotten."""
        if question not in self._answers:
            if len(self._answers) >= _KEPT_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[question] = answer()
        kept: T = self._answers[question]
        return kept

    def numbers(self, path: str) -> npt.NDArray[np.float64]:
        """A numeric column; NaN where a record has no number."""

        def build() -> npt.NDArray[np.float64]:
            return np.array([_number(value) for value in self.column(path)], dtype=np.float64)

        return self.remembered(("numbers", path), build)

    def projected(
        self, fields: Hashable, position: int, project: Callable[[bytes], bytes]
    ) -> bytes:
        """One record under a selection of fields, cached."""
        cache = self._projections.setdefault(fields, [None] * len(self.raws))
        chosen = cache[position]
        if chosen is None:
            chosen = cache[position] = project(self.raws[position])
        return chosen


def _at(record: Any, path: list[str]) -> Any:
    for step in path:
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else float("nan")
