"""Starts and ends ``serving.py`` as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY


@dataclass
class Process:
    """A running receiver."""

    running: "subprocess.Popen[str]"
    port: int

    def ended(self) -> int:
        """Its exit code after SIGTERM."""
        self.running.terminate()
        return self.running.wait(timeout=30)


def start(url: str, port: int = 0) -> Process:
    """Returns when it takes connections."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    running = subprocess.Popen(
        [sys.executable, str(here / "serving.py"), url, str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert running.stdout is not None
    told = running.stdout.readline()
    assert told.strip().isdecimal(), f"the receiver did not start (exit {running.wait(10)})"
    return Process(running, int(told))


@contextmanager
def started(url: str) -> Iterator[Process]:
    """A receiver that is gone at the end."""
    process = start(url)
    try:
        yield process
    finally:
        process.running.kill()
        process.running.wait()
