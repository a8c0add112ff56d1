"""The sandbox beside a run, in a process of its own that never outlives it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_START_SECONDS = 60


@contextmanager
def sandbox_process(seed: int) -> Iterator[str]:
    """A sandbox on a free port; yields its address. It ends with this process, however that ends.

    Raises:
        RuntimeError: it did not start; the message is its own.
    """
    # The child reads its standard input and ends when it closes: that also happens
    # when this process is killed.
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--seed", str(seed), "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        line = process.stdout.readline()
        if " at " not in line:
            raise RuntimeError(
                f"the sandbox did not start: {process.stderr and process.stderr.read()}"
            )
        yield line.rsplit(" at ", 1)[1].strip()
    finally:
        process.stdin.close()
        process.wait(timeout=_START_SECONDS)


def serve_sandbox(arguments: list[str]) -> None:
    """Become the sandbox: the same program as ``python -m sandbox``."""
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments])
