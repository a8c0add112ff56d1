"""Whether somebody still writes a file in the drop folder: half of one must not be landed."""

import fcntl
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

# A writer who pauses for longer, and has closed the file, is taken to be done.
SETTLE_SECONDS = 2.0

Facts = tuple[int, int, int]


def facts(path: Path) -> Facts | None:
    """What changes with every write: inode, size, time of change. None when it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class Settling:
    """Remembers how long files have stood still, for whoever looks at them again and again.

    By its own time of change a file has settled when that lies two seconds back. Another
    machine's clock may be ahead, and a copy may keep a time to come: such a file has settled
    when it was seen unchanged for as long.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[Facts, float]] = {}

    def settled(self, paths: Iterable[Path]) -> list[Path]:
        """Those that nobody writes any more."""
        now, seen = time.monotonic(), {}
        found = []
        for path in paths:
            current = facts(path)
            if current is None:
                continue
            before, since = self._seen.get(path, (current, now))
            seen[path] = (current, since if before == current else now)
            is_old = time.time() - current[2] / 1e9 >= SETTLE_SECONDS
            is_still = now - seen[path][1] >= SETTLE_SECONDS
            if (is_old or is_still) and not _is_open(path):
                found.append(path)
        self._seen = seen
        return found


def _is_open(path: Path) -> bool:
    """Whether a process has it open for writing, as far as the kernel tells us.

    Linux grants a read lease only on a file that nobody has open for writing, and only to the
    file's owner. An upload that stalls for a minute is known by this alone.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        # Gone, or not to be read: whoever lands it finds that out.
        return False
    try:
        # Who opens it at this very moment waits until we let go, and we are told: by a signal
        # that does nothing, where the usual one would end the process.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
