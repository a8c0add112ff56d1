"""Processes kept as one: restarts with backoff, lines with names, and no orphans, ever."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.ports import PortTaken, claimed
from orchestration.supervision import Process, Supervisor
from tests.conftest import REPOSITORY

# Starts a child in its group, as Dagster does for runs, one apart, as the worker does, and stays.
STAYS = """
import os, subprocess, sys, time
sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
child = subprocess.Popen(sleep)
apart = subprocess.Popen(sleep, start_new_session=True)
print("pids", os.getpid(), child.pid, apart.pid, flush=True)
time.sleep(300)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(300)
"""


class Lines(list[tuple[str, str, bool]]):
    """What was told, with a way to wait for it."""

    def tell(self, name: str, text: str, *, is_news: bool, is_quiet: bool = False) -> None:
        if not is_quiet:
            self.append((name, text, is_news))

    def of(self, name: str, part: str) -> list[str]:
        return [text for who, text, _ in self if who == name and part in text]


def process(name: str, code: str, *after: str, is_ready: Callable[[], bool] = bool) -> Process:
    command = [sys.executable, "-c", code]
    return Process(name, command, dict(os.environ), REPOSITORY, is_ready, after)


@pytest.fixture
def lines() -> Lines:
    return Lines()


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def pids(line: str) -> list[int]:
    return [int(pid) for pid in line.split()[1:]]


@pytest.fixture
def started(lines: Lines) -> Iterator[Callable[..., Supervisor]]:
    all_started: list[Supervisor] = []

    def start(*processes: Process) -> Supervisor:
        supervisor = Supervisor(processes, lines.tell)
        all_started.append(supervisor)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in all_started:
        supervisor.kill()


def test_one_that_dies_is_told_and_started_again(
    lines: Lines, started: Callable[..., Supervisor]
) -> None:
    started(process("frail", "print('hello', flush=True); raise SystemExit(9)"))
    until(lambda: len(lines.of("frail", "hello")) == 3)
    told = [text for _, text, is_news in lines if is_news]
    assert told[:2] == [
        "ended by itself with exit code 9; starting it again in 1 s",
        "ended by itself with exit code 9; starting it again in 2 s",
    ]


def test_one_that_is_killed_is_told_by_its_signal(
    lines: Lines, started: Callable[..., Supervisor]
) -> None:
    started(process("frail", STAYS))
    until(lambda: lines.of("frail", "pids"))
    os.kill(pids(lines.of("frail", "pids")[0])[0], signal.SIGKILL)
    until(lambda: len(lines.of("frail", "pids")) == 2)
    assert lines.of("frail", "was killed by signal 9; starting it again in 1 s")


def test_a_quiet_ones_last_lines_are_told_when_it_dies(
    lines: Lines, started: Callable[..., Supervisor]
) -> None:
    code = "import time; print('why it ends', flush=True); time.sleep(1); raise SystemExit(9)"
    started(replace(process("quiet", code), is_quiet=True))
    until(lambda: lines.of("quiet", "ended by itself"))
    assert [text for _, text, is_news in lines if not is_news] == ["why it ends"]


def test_one_waits_for_what_it_comes_after(
    lines: Lines, started: Callable[..., Supervisor], tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    first = process("first", STAYS, is_ready=sign.exists)
    started(first, process("second", STAYS, "first", is_ready=lambda: True))
    until(lambda: lines.of("first", "pids"))
    time.sleep(0.5)
    assert not lines.of("second", "pids")
    sign.touch()
    until(lambda: lines.of("second", "pids"))
    assert next((name, text) for name, text, is_news in lines if is_news) == ("first", "ready")


def test_stopping_leaves_nobody_not_even_a_childs_child_or_a_deaf_one(
    lines: Lines, started: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.supervision._STOP_SECONDS", 1.0)
    monkeypatch.setattr("orchestration.keeper.GRACE_SECONDS", 1.0)
    supervisor = started(process("one", STAYS), process("deaf", DEAF))
    until(lambda: lines.of("one", "pids") and lines.of("deaf", "deaf"))
    here = pids(lines.of("one", "pids")[0])
    assert len(here) == 3
    supervisor.stop()
    assert not any(is_alive(pid) for pid in here)


HOLDER = f"""
import os, time
from tests.orchestration.test_supervision import process
from orchestration.supervision import Supervisor
show = lambda name, text, **kinds: print(text, flush=True)
supervisor = Supervisor([process("one", {STAYS!r})], show)
supervisor.start()
time.sleep(300)
"""


def test_a_killed_supervisor_leaves_nobody() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    assert holder.stdout is not None
    line = next(line for line in holder.stdout if line.startswith("pids"))
    both = pids(line)
    assert all(is_alive(pid) for pid in both)
    holder.kill()
    until(lambda: not any(is_alive(pid) for pid in both))
    holder.wait()
    holder.stdout.close()


def test_a_taken_port_is_refused_with_advice() -> None:
    free = claimed("--port", 0)
    assert free > 0
    assert claimed("--port", free) == free
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = listening.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {taken} .* --receiver-port 0 takes a free one"):
            claimed("--receiver-port", taken)
