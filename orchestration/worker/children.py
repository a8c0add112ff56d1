"""Forked children of the worker: made so that nothing of the server goes on in them."""

import contextlib
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# Of a child whose work was done and came to nothing: Dagster knows it already.
_FAILED = 3
# How long one that was told to end may take for it.
_GRACE_SECONDS = 30.0


class How(Enum):
    """Whether a child's work was done, was done and failed, or came to no end."""

    DONE = "done"
    FAILED = "failed"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and in words."""

    how: How
    told: str


@dataclass(slots=True)
class Child:
    """A process of ours; ``run`` is Dagster's id of what it executes, if anything.

    ``job`` and ``subject`` say what the run is for. At ``ends_by``, of the monotonic clock, it
    is killed.
    """

    pid: int
    run: str = ""
    job: str = ""
    subject: str = ""
    ends_by: float = float("inf")

    def ended(self) -> Ended | None:
        """How it ended, once; None while it works."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            return Ended(How.DIED, f"was ended by {signal.Signals(-code).name}")
        how = {0: How.DONE, _FAILED: How.FAILED}.get(code, How.DIED)
        return Ended(how, f"ended with {code} before its work was done")

    def tell_to_end(self, grace_seconds: float = _GRACE_SECONDS) -> None:
        """Interrupt it; one that does not listen is killed after a while."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)
        self.ends_by = min(self.ends_by, time.monotonic() + grace_seconds)

    def kill_if_overdue(self) -> bool:
        """End one that hangs, with what it has started; whether it had to be."""
        if time.monotonic() < self.ends_by:
            return False
        self.ends_by = float("inf")
        # With its group, which is its own: what it has forked would keep the home's lock. One
        # that was stopped in its first moments has none yet.
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                end(self.pid, signal.SIGKILL)
        return True

    def kill(self) -> None:
        """End it and forget it."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def forked(work: Callable[[], object], log: Path, closed: Iterable[int]) -> int:
    """Do the work in a copy of this process; its id.

    Args:
        work: says False when it was done and came to nothing.
        log: what the child prints is appended there.
        closed: descriptors of the server that the child must not hold open.
    """
    # What is there already is not looked at again: a collection would copy all of it.
    gc.freeze()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # The server's end is not the run's: it has a group of its own.
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in closed:
            if descriptor >= 0:
                os.close(descriptor)
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(target, 1)
        os.dup2(target, 2)
        code = _FAILED if work() is False else 0
    except BaseException:  # this process is ours to the end: nothing above may go on in it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
