"""Ends a family of processes when the process that started them is gone, however it went.

Run as a program: it leads the family's process group, and its standard input is a pipe from its
parent. The pipe closes when the parent ends, also by SIGKILL. Only the standard library is
imported, so that it starts in milliseconds.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

# The family's name in the environment of each member. On Linux it tells also those who have
# left the group: the worker's runs have sessions of their own.
MARK = "VOUCH_FAMILY"
# Dagster's processes and a run in the middle of a step want a moment to say goodbye.
GRACE_SECONDS = 10.0
# Who hangs in the kernel for longer is not waited for.
_KILLED_SECONDS = 5.0
_LOOK_SECONDS = 0.1


def members(leader: int, mark: str) -> set[int]:
    """Who is alive in the family, its leader left out."""
    if Path("/proc/self/environ").exists():
        return _marked(f"{MARK}={mark}".encode())
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    found = {int(pid) for pid, group, state in rows if int(group) == leader and state[0] != "Z"}
    return found - {leader}


def end(leader: int, mark: str, grace_seconds: float) -> None:
    """SIGTERM to all members, then SIGKILL to who is left after the grace."""
    _signal(members(leader, mark), signal.SIGTERM)
    began = time.monotonic()
    while left := members(leader, mark):
        waited = time.monotonic() - began
        if waited >= grace_seconds:
            _signal(left, signal.SIGKILL)
        if waited >= grace_seconds + _KILLED_SECONDS:
            return
        time.sleep(_LOOK_SECONDS)


def main() -> None:
    """Wait for the parent's end, then end the family named by the first argument."""
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    end(os.getpid(), sys.argv[1], GRACE_SECONDS)


def _signal(processes: set[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def _marked(mark: bytes) -> set[int]:
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            # Gone meanwhile, or somebody else's. A zombie's environment is empty.
            with suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.add(int(folder.name))
    return found


if __name__ == "__main__":
    main()
