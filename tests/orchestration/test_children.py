"""Children of the worker: how they end, and that none hangs for good."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from orchestration.worker.children import Child, Ended, How, forked
from orchestration.worker.pauses import Pauses


def over(child: Child) -> Ended:
    """How it ended, looking as the server does."""
    while (ended := child.ended()) is None:
        child.kill_if_overdue()
        time.sleep(0.01)
    return ended


def made(tmp_path: Path, work: Callable[[], object]) -> Child:
    """A child that does this."""
    return Child(forked(work, tmp_path / "log", []))


def test_work_that_came_to_nothing_is_told_from_work_that_was_not_done(tmp_path: Path) -> None:
    works: list[Callable[[], object]] = [lambda: True, lambda: False, lambda: 1 // 0]
    assert [over(made(tmp_path, work)).how for work in works] == [How.DONE, How.FAILED, How.DIED]


def test_a_stopped_child_is_killed_when_its_time_is_over(tmp_path: Path) -> None:
    child = made(tmp_path, lambda: time.sleep(600))
    os.kill(child.pid, signal.SIGSTOP)
    assert not child.kill_if_overdue()
    child.ends_by = time.monotonic() + 0.2
    assert over(child) == Ended(How.DIED, "was ended by SIGKILL")


def test_one_that_does_not_end_when_told_is_killed_with_what_it_has_started(
    tmp_path: Path,
) -> None:
    def deaf() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        started = subprocess.Popen(["sleep", "600"])
        (tmp_path / "started").write_text(f"{started.pid}\n")
        started.wait()

    child = made(tmp_path, deaf)
    while not (tmp_path / "started").exists() or not (tmp_path / "started").read_text():
        time.sleep(0.01)
    child.tell_to_end(grace_seconds=0.3)
    assert over(child).told == "was ended by SIGKILL"
    started = int((tmp_path / "started").read_text())
    while psutil.pid_exists(started) and psutil.Process(started).status() != "zombie":
        time.sleep(0.01)


def test_one_that_listens_ends_by_itself(tmp_path: Path) -> None:
    child = made(tmp_path, lambda: time.sleep(600))
    time.sleep(0.1)
    child.tell_to_end()
    assert over(child).told == "was ended by SIGINT"


def test_what_fails_is_paused_and_nothing_else() -> None:
    pauses = Pauses()
    pauses.failed("a file")
    assert pauses.is_paused("a file") and not pauses.is_paused("another")
    pauses.done("a file")
    assert not pauses.is_paused("a file")
