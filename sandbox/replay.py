"""Recorded payloads instead of the generated agency: ``DIR/<vendor>/<entity>.jsonl``."""

from pathlib import Path

import msgspec

from sandbox.protocol.bullhorn_rest import MOST
from sandbox.store import Store


class BadRecording(Exception):
    """A recording that cannot be served; the message says which and why."""


def replay_store(folder: Path) -> Store:
    """The store of a folder of recordings, one vendor record a line, served verbatim.

    Every line is served: a record without id, and each of several versions of one record.

    Raises:
        BadRecording: no recordings in the folder, a line that is no JSON object, or so many
            Bullhorn records without id that none of the others would be reached.
    """
    store = Store()
    for path in sorted(folder.glob("*/*.jsonl")):
        vendor, entity = path.parent.name, path.stem
        lines = _lines(path)
        if vendor == "bullhorn":
            _require_ids(path, lines)
            # Its pages go by id, so one may end amid the versions of a record and the rest
            # of them is passed over. The newest is recorded last: it goes first.
            lines.reverse()
        for line in lines:
            store.append(vendor, entity, line)
    if not store.counts():
        raise BadRecording(f"no <vendor>/<entity>.jsonl in {folder}: record something first")
    return store


def _lines(path: Path) -> list[bytes]:
    with path.open("rb") as lines:
        found = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    return [_record(path, number, line) for number, line in found if line]


def _record(path: Path, number: int, line: bytes) -> bytes:
    try:
        record = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        if path.parent.name == "typeform" and "response" in record:
            msgspec.json.decode(record["response"], type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRecording(f"{path}, line {number}: {error}; mend or remove the line") from error
    return line


def _require_ids(path: Path, lines: list[bytes]) -> None:
    """Records without id fill the first page, and only an id leads on to the second."""
    ids = [msgspec.json.decode(line).get("id") for line in lines]
    without = sum(not isinstance(known, int) for known in ids)
    if without >= MOST:
        raise BadRecording(
            f"{path}: {without} records without id; Bullhorn pages by id, so that at most "
            f"{MOST - 1} can be served. Remove some."
        )
