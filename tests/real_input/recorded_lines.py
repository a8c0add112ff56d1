"""A folder of recordings served line by line: records without id, and repeated ones, included.

``sandbox.replay`` serves the newest line of each id and refuses a line without one.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sandbox.shelf import Shelf
from sandbox.store import Key, Store


def record(folder: Path, records: Mapping[Key, list[bytes]]) -> None:
    """Write ``<vendor>/<entity>.jsonl``, one vendor record a line."""
    for (vendor, entity), lines in records.items():
        path = folder / vendor / f"{entity}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))


class RecordedLines(Store):
    """Every line of every recording, in the order recorded."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._lines = {
            (path.parent.name, path.stem): _Lines(path.read_bytes().splitlines())
            for path in sorted(folder.glob("*/*.jsonl"))
        }

    def shelf(self, vendor: str, entity: str) -> Shelf:
        """The lines of one entity; none where nothing was recorded."""
        return self._lines.setdefault((vendor, entity), _Lines([]))


class _Lines(Shelf):
    def numbers(self, path: str) -> npt.NDArray[np.float64]:
        """A record that does not show its id is found by a range of ids all the same."""
        found = super().numbers(path)
        return np.nan_to_num(found, nan=1.0) if path == "id" else found
