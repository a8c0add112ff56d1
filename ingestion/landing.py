"""What is in landing: the files of complete loads. Writing is ``pull.py``'s and ``drop.py``'s."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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
    return frozenset(_completions(dataset))


def landed_at(root: Path) -> dict[tuple[str, str], datetime]:
    """The UTC instant at which each load became visible, by vendor and load id.

    What a load holds was received before, an event perhaps long before: it waits in the inbox.
    """
    return {
        (dataset.name, load_id): instant
        for dataset in root.glob("*")
        if dataset.is_dir()
        for load_id, instant in _completions(dataset).items()
    }


def _completions(dataset: Path) -> dict[str, datetime]:
    """What dlt's markers say: which loads are complete, and since when."""
    found = {}
    for marker in (dataset / "_dlt_loads").glob("*.jsonl"):
        told = json.loads(marker.read_text(encoding="utf-8").splitlines()[0])
        found[str(told["load_id"])] = datetime.fromisoformat(told["inserted_at"])
    return found
