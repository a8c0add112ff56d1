"""Recorded payloads instead of the generated agency: ``DIR/<vendor>/<entity>.jsonl``."""

from pathlib import Path

from sandbox.store import Store


class BadRecording(Exception):
    """A line of a recording that cannot be served; the message says which and why."""


def replay_store(folder: Path) -> Store:
    """The store of a folder of recordings, one vendor record a line, served verbatim.

    Raises:
        BadRecording: no recordings in the folder, or a line without id or not JSON.
    """
    store = Store()
    for path in sorted(folder.glob("*/*.jsonl")):
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    _add(store, path, number, line.strip())
    if not store.counts():
        raise BadRecording(f"no <vendor>/<entity>.jsonl in {folder}: record something first")
    return store


def _add(store: Store, path: Path, number: int, line: bytes) -> None:
    try:
        store.upsert(path.parent.name, path.stem, line)
    except (KeyError, ValueError) as error:
        raise BadRecording(f"{path}, line {number}: {error!r}; mend or remove the line") from error
