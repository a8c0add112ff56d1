"""What is in landing: the files of complete loads. Writing is ``pull.py``'s and ``drop.py``'s."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One Parquet file of a complete load. ``rows`` are envelopes, ``bytes`` the size on disk."""

    vendor: str
    entity: str
    load_id: str
    path: Path
    rows: int
    bytes: int


def landed_files(root: Path) -> list[LandedFile]:
    """Files of complete loads, sorted by vendor, entity, load and name.

    dlt writes a marker into ``_dlt_loads`` when all files of a load are in place; files
    without one belong to a load that is still running or was killed, and are not there
    for readers.
    """
    found: list[LandedFile] = []
    for dataset in sorted(path for path in root.glob("*") if path.is_dir()):
        complete = complete_loads(dataset)
        for path in sorted(dataset.glob("[!_]*/*.parquet")):
            load_id = path.name.rsplit(".", 2)[0]
            if load_id in complete:
                rows = pq.read_metadata(path).num_rows
                size = path.stat().st_size
                entity = path.parent.name
                found.append(LandedFile(dataset.name, entity, load_id, path, rows, size))
    return found


def complete_loads(dataset: Path) -> frozenset[str]:
    """Ids of the loads that dlt has marked complete in one vendor's dataset."""
    return frozenset(str(told["load_id"]) for told in _markers(dataset))


def landed_at(root: Path) -> dict[tuple[str, str], datetime]:
    """The UTC instant at which each load became visible, by vendor and load id.

    What a load holds was received before, an event perhaps long before: it waits in the inbox.
    """
    return {
        (dataset.name, str(told["load_id"])): datetime.fromisoformat(told["inserted_at"])
        for dataset in root.glob("*")
        if dataset.is_dir()
        for told in _markers(dataset)
    }


def _markers(dataset: Path) -> Iterator[dict[str, Any]]:
    """What dlt wrote of each load when it was complete."""
    for marker in (dataset / "_dlt_loads").glob("*.jsonl"):
        yield json.loads(marker.read_text(encoding="utf-8").splitlines()[0])
