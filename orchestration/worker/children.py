"""Forked children of the worker: made so that nothing of the server goes on in them."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended; ``is_crash`` when by a signal, or before its work was done."""

    is_crash: bool
    told: str


@dataclass(slots=True)
class Child:
    """A process of ours; ``run`` is Dagster's id of what it executes, if anything."""

    pid: int
    run: str

    def ended(self) -> Ended | None:
        """How it ended, once; None while it works."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            return Ended(True, f"was ended by {signal.Signals(-code).name}")
        return Ended(code != 0, f"ended with {code} before its work was done")

    def kill(self) -> None:
        """End it and forget it."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def forked(run: str, work: Callable[[], object], log: Path, closed: Iterable[int]) -> Child:
    """Do the work in a copy of this process.

    Args:
        run: Dagster's id of the run, empty for other work.
        work: a run that fails in an orderly way is work done.
        log: what the child prints is appended there.
        closed: descriptors of the server that the child must not hold open.
    """
    # What is there already is not looked at again: a collection would copy all of it.
    gc.freeze()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Child(pid, run)
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
        work()
        code = 0
    except BaseException:  # this process is ours to the end: nothing above may go on in it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
