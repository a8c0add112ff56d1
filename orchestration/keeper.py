"""Ends a group of processes when the process that started them is gone, however it went.

Run as a program: it leads the group, and its standard input is a pipe from its parent. The pipe
closes when the parent ends, also by SIGKILL. Works wherever there are process groups; only the
standard library is imported, so that it starts in milliseconds.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# Dagster's processes and a run in the middle of a step want a moment to say goodbye.
GRACE_SECONDS = 10.0
_LOOK_SECONDS = 0.1


def members(group: int) -> set[int]:
    """The processes of a group, zombies left out: those have ended already."""
    if Path("/proc/self/stat").exists():
        return _members_by_proc(group)
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return {
        int(pid) for pid, found, state in rows if int(found) == group and not state.startswith("Z")
    }


def end_group(group: int, grace_seconds: float, spared: int) -> bool:
    """SIGTERM, then SIGKILL to what is left after the grace. True when SIGTERM was enough.

    ``spared`` is the keeper itself, which ignores SIGTERM and is not waited for.
    """
    if not members(group) - {spared}:
        return True
    os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while time.monotonic() < deadline:
        if not members(group) - {spared}:
            return True
        time.sleep(_LOOK_SECONDS)
    for process in members(group) - {spared}:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return False


def main() -> None:
    """Wait for the parent's end, then end the group."""
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    end_group(os.getpgrp(), GRACE_SECONDS, os.getpid())


def _members_by_proc(group: int) -> set[int]:
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        # The name stands in brackets and may hold anything; state, parent and group follow.
        state, _, its_group = stat.rsplit(")", 1)[1].split()[:3]
        if int(its_group) == group and state != "Z":
            found.add(int(folder.name))
    return found


if __name__ == "__main__":
    main()
