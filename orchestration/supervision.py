"""Runs a set of processes as one: their lines with a name, restarts with backoff, one end.

Which processes there are is not said here, see ``processes.py``.
"""

import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from orchestration import keeper

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0
# Who has run for this long is taken to be well, and starts with the first wait again.
_STEADY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_LOOK_SECONDS = 0.2
_LAST_LINES = 20


@dataclass(frozen=True, slots=True)
class Process:
    """One program to keep running.

    Attributes:
        is_ready: whether it does its work; asked until it says so, then never again.
        after: names of those that must be ready before this one is started.
        is_quiet: its lines are for the log only; its last ones are told when it dies.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    is_ready: Callable[[], bool]
    after: tuple[str, ...] = ()
    is_quiet: bool = False


class Tell(Protocol):
    """Gets each line of a process, and each thing that happens to it."""

    def __call__(self, name: str, text: str, *, is_news: bool, is_quiet: bool = False) -> None: ...


class Supervisor:
    """Starts the processes in their order and keeps each of them running until ``stop``.

    All of them, and whatever they start, are one family that ends with this process. ``tell``
    gets each line of theirs, and each thing that happens, with the name of whose it is.
    """

    def __init__(self, processes: Sequence[Process], tell: Tell) -> None:
        self._processes = processes
        self._tell = tell
        self._over = threading.Event()
        self._ready = {process.name: threading.Event() for process in processes}
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._last_lines: dict[str, deque[str]] = {}
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(8)
        self._keeper = _start_keeper(self._mark)
        self._threads = [
            threading.Thread(target=self._keep, args=(process,), daemon=True)
            for process in processes
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def wait_ready(self, name: str, timeout_seconds: float | None = None) -> bool:
        """Wait until this one does its work. False when stopped or not in time."""
        deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while not self._over.is_set():
            if self._ready[name].wait(_LOOK_SECONDS):
                return True
            if deadline is not None and time.monotonic() > deadline:
                break
        return False

    def stop(self) -> None:
        """End all, the last started first; SIGKILL for those that do not go by themselves."""
        self._over.set()
        with self._lock:
            running = list(self._running.values())
        for process in reversed(running):
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        keeper.end(self._keeper.pid, self._mark, keeper.GRACE_SECONDS)
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait()

    def kill(self) -> None:
        """End all at once."""
        self._over.set()
        keeper.end(self._keeper.pid, self._mark, 0.0)

    def _keep(self, process: Process) -> None:
        if not all(self.wait_ready(name) for name in process.after):
            return
        wait_seconds = _FIRST_WAIT_SECONDS
        while not self._over.is_set():
            began = time.monotonic()
            code = self._run(process)
            if self._over.is_set():
                return
            if time.monotonic() - began > _STEADY_SECONDS:
                wait_seconds = _FIRST_WAIT_SECONDS
            for line in self._last_lines.get(process.name, ()):
                self._tell(process.name, line, is_news=False)
            again = f"{_ended(code)}; starting it again in {wait_seconds:.0f} s"
            self._tell(process.name, again, is_news=True)
            self._over.wait(wait_seconds)
            wait_seconds = min(wait_seconds * 2, _LONGEST_WAIT_SECONDS)

    def _run(self, process: Process) -> int:
        with self._lock:
            if self._over.is_set():
                return 0
            running = subprocess.Popen(
                process.command,
                env={**process.environment, keeper.MARK: self._mark},
                cwd=process.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                process_group=self._keeper.pid,
            )
            self._running[process.name] = running
        # What it started may hold its pipe open after its end: reading must not keep us.
        threading.Thread(target=self._pass_on, args=(process, running), daemon=True).start()
        ready = self._ready[process.name]
        while running.poll() is None:
            if not ready.is_set() and process.is_ready():
                self._tell(process.name, "ready", is_news=True)
                ready.set()
            with suppress(subprocess.TimeoutExpired):
                running.wait(_LOOK_SECONDS)
        return running.returncode

    def _pass_on(self, process: Process, running: "subprocess.Popen[str]") -> None:
        assert running.stdout is not None
        last: deque[str] = deque(maxlen=_LAST_LINES)
        if process.is_quiet:
            self._last_lines[process.name] = last
        for line in running.stdout:
            last.append(line.rstrip("\n"))
            self._tell(process.name, last[-1], is_news=False, is_quiet=process.is_quiet)


def _start_keeper(mark: str) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-m", keeper.__name__, mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert started.stdout is not None
    # From here on it ignores signals, and whoever it is to end can be started.
    started.stdout.readline()
    return started


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended by itself with exit code {code}"
