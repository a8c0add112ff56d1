"""Where the worker of a home listens, what is said to it, and whether one of its runs lives."""

import hashlib
import json
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

ANSWER_SECONDS = 5.0
# Somewhat earlier a request is void: a worker that was busy becoming new code must not do what
# somebody else was asked for meanwhile.
_VOID_SECONDS = 4.0
# Which process executes a run: its id and when it began, because ids are given again.
PROCESS_TAG = "vouch/process"
# Dagster's own, on a run or its job: how many seconds it may take.
MAX_RUNTIME_TAG = "dagster/max_runtime"


class NoWorker(Exception):
    """No worker answers for this home."""


def address(home: Path) -> Path:
    """The socket of the home's worker, in a folder that is only ours.

    Not below the home: a socket's name may have 107 bytes, and a home may be deep.
    """
    folder = Path(tempfile.gettempdir()) / f"vouch-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NoWorker(f"{folder} is not ours alone; remove it, or set TMPDIR to another folder")
    return folder / f"{hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]}.sock"


def ask(home: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Say one thing to the home's worker; its answer.

    Raises:
        NoWorker: it is not there, or did not answer within five seconds.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(address(home)))
            # This clock is the same for all processes of a machine.
            dated = {**request, "until": time.monotonic() + _VOID_SECONDS}
            connection.sendall(json.dumps(dated).encode() + b"\n")
            line = connection.makefile("rb").readline()
            answer: dict[str, Any] = json.loads(line)
    except (OSError, ValueError) as error:
        raise NoWorker(f"no worker answers for {home} ({error})") from error
    return answer


def is_there(home: Path) -> bool:
    """Whether a worker is at work for this home."""
    try:
        return bool(ask(home, {"ask": "ready"}).get("ready"))
    except NoWorker:
        return False


def process_tag(pid: int) -> str:
    """The tag's value for a process that is alive."""
    return f"{pid}@{psutil.Process(pid).create_time():.2f}"


def is_alive(tag: str) -> bool:
    """Whether the very process of the tag still runs."""
    pid, _, began = tag.partition("@")
    try:
        process = psutil.Process(int(pid))
        return f"{process.create_time():.2f}" == began and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError):
        return False
