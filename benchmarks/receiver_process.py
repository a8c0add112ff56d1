"""``vouch receive`` as a process to be measured and killed, over one Typeform account."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.outcome import BenchmarkFailed
from benchmarks.typeform_events import SECRET
from ingestion.inbox import Inbox

_VOUCH = str(Path(sys.executable).parent / "vouch")
_CONFIG = f"""
tenant = "benchmark"

[receiver]
max_backlog = 1_000_000
requests_per_second = 5000.0

[sources.typeform]
token = "none"
webhook_secrets = ["{SECRET}"]
"""


class ReceiverProcess:
    """One start of the command; ``seconds`` is how long it took to take connections.

    Settings are the folder's ``vouch.toml``, made when there is none.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        config = folder / "vouch.toml"
        if not config.exists():
            config.write_text(_CONFIG, encoding="utf-8")
        environment = {"VOUCH_HOME": str(folder / "home"), "VOUCH_CONFIG": str(config)}
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [_VOUCH, "receive", "--port", str(port)],
            env={**os.environ, **environment},
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        told = self._process.stderr.readline()
        address = re.fullmatch(r"receiving at http://127\.0\.0\.1:(\d+)", told.strip())
        if address is None:
            self.kill()
            raise BenchmarkFailed(f"vouch receive did not start: {told}")
        self.seconds = time.perf_counter() - started
        self.port = int(address[1])

    @property
    def memory_bytes(self) -> int:
        """What it holds now."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    @property
    def cpu_seconds(self) -> float:
        """What it has used so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        self._process.terminate()
        return self._process.wait(timeout=60)


@contextmanager
def receiving(folder: Path) -> Iterator[ReceiverProcess]:
    """A receiver that is gone at the end, however that comes."""
    process = ReceiverProcess(folder)
    try:
        yield process
    finally:
        process.kill()


def inbox_of(folder: Path) -> Inbox:
    """What the command stored."""
    return Inbox.open(f"sqlite:///{folder / 'home' / 'inbox.sqlite'}")
