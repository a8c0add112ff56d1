"""Making a release the current one: ledger first, then the pointer, then the copy."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from expectations.files import sync, write_durably
from publication.errors import PublicationError
from publication.ledger import LedgerLine
from publication.places import DATABASE, Places

LOCK_SECONDS = 60.0


@contextmanager
def writer(home: Path) -> Iterator[Places]:
    """The right to change releases, one process at a time. A killed holder lets go."""
    places = Places(home)
    places.releases.mkdir(parents=True, exist_ok=True)
    lock = FileLock(places.lock, timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise PublicationError(
            f"another process has been changing the releases in {home} for {LOCK_SECONDS:.0f} s; "
            "try again when it is done"
        ) from error
    try:
        yield places
    finally:
        lock.release()


def point_to(places: Places, line: LedgerLine) -> None:
    """Set the pointer to what the ledger's line says, then renew the convenience copy."""
    document = {
        "release": line.release,
        "since": line.at.astimezone(UTC).isoformat(),
        "ledger_sequence": line.sequence,
        "ledger_sha256": line.sha256,
        "database": f"releases/{line.release}/{DATABASE}",
    }
    write_durably(places.pointer, _json(document))
    renew_copy(places, line.release)


def renew_copy(places: Places, release: str) -> None:
    """Put the release's database under the fixed name, unless it is there already."""
    if copied_release(places) == release and places.copy.is_file():
        return
    fresh = places.serving / f".{DATABASE}.{release}.tmp"
    shutil.copyfile(places.releases / release / DATABASE, fresh)
    # A client that opens the copy for writing would leave a .wal behind, and DuckDB would
    # replay it into the next release's copy: no writing, and no .wal under this name.
    fresh.chmod(0o444)
    sync(fresh)
    places.copy.with_name(f"{DATABASE}.wal").unlink(missing_ok=True)
    fresh.replace(places.copy)
    sync(places.serving)
    write_durably(places.copy_stamp, _json({"release": release}))


def copied_release(places: Places) -> str | None:
    """The release whose copy lies under the fixed name, as far as was noted."""
    return _noted(places.copy_stamp)


def announce(places: Places, release: str, at: datetime) -> None:
    """Note which release is about to be published, so that a crash can be told apart."""
    write_durably(places.intent, _json({"release": release, "at": at.isoformat()}))


def announced(places: Places) -> str | None:
    """The release whose publication was begun and not finished."""
    return _noted(places.intent)


def _noted(path: Path) -> str | None:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["release"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _json(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, sort_keys=True) + "\n").encode()
