"""A command run to its end, with the time it took and the memory of its largest process."""

import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command. ``peak_bytes`` is the most that any one process of its tree held;
    ``cpu_seconds``, which other work on the machine disturbs less, those of the whole tree.
    """

    exit_code: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stdout: str
    stderr: str


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Ran:
    """Run it; the exit code is the caller's to look at."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started, spent = time.perf_counter(), _spent_by_children()
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        watch = _Watch(process.pid)
        watch.start()
        try:
            exit_code = process.wait()
        finally:
            process.kill()
            watch.stop()
        seconds, cpu = time.perf_counter() - started, _spent_by_children() - spent
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    return Ran(exit_code, seconds, cpu, watch.peak_bytes, *texts)


def _spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at the tree every 0.1 s; the kernel's high-water mark covers what is between."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._over = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                return
            self.peak_bytes = max(self.peak_bytes, *(_high_water(one.pid) for one in tree))

    def stop(self) -> None:
        """End looking."""
        self._over.set()
        self.join()


def _high_water(pid: int) -> int:
    """Bytes; 0 for a process that is gone. Where there is no /proc, what it holds now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return _held(pid)
    marks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(marks[0]) * 1024 if marks else 0


def _held(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
