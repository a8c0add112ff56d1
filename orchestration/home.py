"""``VOUCH_HOME``: whether it can be written, and who is at work in it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestration.worker.address import is_alive, process_tag


class HomeUnusable(Exception):
    """The state folder cannot be written."""


class HomeBusy(Exception):
    """Another run holds the state folder; the message says which."""


@contextmanager
def held(home: Path, purpose: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold ``home`` alone. The operating system lets go when the process dies, however it dies.

    Raises:
        HomeUnusable: the folder cannot be made or written.
        HomeBusy: another process holds it, for longer than ``wait_seconds``.
    """
    lock = FileLock(home / "lock")
    holder = home / "lock.json"
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise HomeBusy(_who(holder, home)) from error
    except OSError as error:
        raise HomeUnusable(
            f"VOUCH_HOME {home} cannot be written ({error.strerror}). Make it writable, or set"
            " VOUCH_HOME to a folder that is."
        ) from error
    try:
        _sign(holder, purpose)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def holder(home: Path) -> str | None:
    """Who is at work in the home, or None; a note that a killed process left does not count."""
    try:
        note = json.loads((home / "lock.json").read_text(encoding="utf-8"))
        # Another process may have got the number of the one that died.
        return str(note["purpose"]) if is_alive(str(note["process"])) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sign(holder: Path, purpose: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    note = {
        "pid": os.getpid(),
        "process": process_tag(os.getpid()),
        "purpose": purpose,
        "since": since,
    }
    holder.write_text(json.dumps(note), encoding="utf-8")


def _who(holder: Path, home: Path) -> str:
    try:
        note = json.loads(holder.read_text(encoding="utf-8"))
        who = f"{note['purpose']} (process {note['pid']}, since {note['since']})"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return f"{home} is in use by {who}. Wait for it to end, or run with --wait SECONDS."
