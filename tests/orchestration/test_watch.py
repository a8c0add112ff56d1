"""``vouch watch`` as a user has it: the command, over a home in which things happen."""

import hashlib
import json
import os
import pty
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from ingestion.inbox import Event, Inbox
from orchestration.run import dagster_home
from tests.conftest import VOUCH
from tests.expectations.agency import Agency, found
from tests.publication.releasing import release

SECONDS = 60


class Watching:
    """The running command; ``line`` waits for the next one that says something."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [VOUCH, "watch", *arguments],
            env={**os.environ, "VOUCH_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def line(self, part: str) -> str:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(queue.Empty):
                line = self._lines.get(timeout=1)
                if part in line:
                    return line.rstrip("\n")
        raise AssertionError(f"no line with {part!r} in {SECONDS} s")

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=SECONDS)
        assert self.process.stderr is not None
        assert self.process.stderr.read() == ""
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return found(tmp_path)


@pytest.fixture
def watching(agency: Agency) -> Iterator[Callable[..., Watching]]:
    all_watching: list[Watching] = []

    def start(*arguments: str) -> Watching:
        all_watching.append(Watching(agency.home, *arguments))
        return all_watching[-1]

    yield start
    for each in all_watching:
        each.process.kill()
        each.process.wait()


def now() -> datetime:
    return datetime.now(UTC)


def inbox(home: Path) -> Inbox:
    return Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")


def event(number: int, at: datetime | None = None) -> Event:
    return Event("typeform", f"answer-{number}", at or now(), b"{}")


def run_of(home: Path, sequence: int) -> dg.ExecuteInProcessResult:
    """A run that says which events it takes in."""
    tags = {"vouch/trigger": f"inbox {sequence}", "vouch/inbox": str(sequence)}
    ref = InstanceRef.from_dir(str(dagster_home(home)))
    with dg.DagsterInstance.from_ref(ref) as instance:
        return taking_in.execute_in_process(instance=instance, tags=tags)


@dg.op
def take_in() -> None:
    """Nothing to do."""


@dg.job
def taking_in() -> None:
    take_in()


def test_json_tells_an_event_its_run_its_release_and_the_figures_that_moved(
    agency: Agency, watching: Callable[..., Watching]
) -> None:
    release(agency, at=now())
    taken = inbox(agency.home)
    taken.append([event(1)])
    run_of(agency.home, 1)
    watched = watching("--json")
    assert json.loads(watched.line("watching"))["sequence"] == 1

    accepted_at = now() - timedelta(seconds=5)
    taken.append([event(2, accepted_at)])
    taken.close()
    told: dict[str, Any] = json.loads(watched.line('"what": "event"'))
    assert (told["source"], told["key"], told["sequence"]) == ("typeform", "answer-2", 2)

    run_of(agency.home, 2)
    told = json.loads(watched.line('"SUCCESS"'))
    assert (told["job"], told["trigger"]) == ("taking_in", "inbox 2")
    assert 0 <= told["seconds"] < SECONDS

    agency.change("update marts.metric_nps set value = 50, n = 16 where metric = 'nps'")
    published = release(agency, at=accepted_at + timedelta(seconds=9))
    told = json.loads(watched.line('"what": "release"'))
    assert told["release"] == published.release.id
    assert told["waited_seconds"] == pytest.approx(9)
    moved = {each["metric"]: each for each in told["moved"]}
    assert (moved["nps"]["before"], moved["nps"]["after"]) == (100, 50)
    assert watched.end() == 0


def test_lines_say_the_same_and_many_events_at_once_are_one_line(
    agency: Agency, watching: Callable[..., Watching]
) -> None:
    release(agency, at=now())
    watched = watching()
    assert "0 events so far" in watched.line("Watching")
    assert watched.line("Nothing is at work").endswith("its services.")
    taken = inbox(agency.home)
    taken.append([event(1)])
    assert watched.line("event").endswith("typeform answer-1 (1)")
    taken.append([event(number) for number in range(2, 500)])
    taken.close()
    assert watched.line("event").endswith("typeform: 498 events, 2 to 499")
    agency.change("update marts.metric_nps set value = 50, n = 16 where metric = 'nps'")
    release(agency, at=now())
    assert "published" in watched.line("release")
    assert watched.line("NPS").strip().endswith("+100.0 → +50.0, n 6 → 16")
    # A small group: the count is published, the figure is not.
    hidden = "value = null, ci_low = null, ci_high = null, is_suppressed = true, n = 3"
    agency.change(f"update marts.metric_nps set {hidden} where metric = 'nps'")
    release(agency, at=now())
    assert watched.line("NPS").strip().endswith("+50.0 → withheld, n 16 → 3")
    assert watched.end() == 0


def test_a_home_that_is_not_there_is_watched_and_not_made(tmp_path: Path) -> None:
    home = tmp_path / "not" / "there"
    watched = Watching(home)
    assert "nothing published yet, 0 events" in watched.line("Watching")
    assert str(home) in watched.line("Nothing is at work")
    assert watched.end() == 0
    assert not home.parent.exists()


def test_watching_changes_no_file(agency: Agency, watching: Callable[..., Watching]) -> None:
    release(agency, at=now())
    taken = inbox(agency.home)
    taken.append([event(1)])
    taken.close()
    run_of(agency.home, 1)
    before = contents(agency.home)
    watched = watching()
    watched.line("Nothing is at work")
    watched.end()
    assert contents(agency.home) == before


def contents(folder: Path) -> dict[str, str]:
    """Hash of each file; SQLite's memory beside a database comes and goes with a reader."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_it_ends_without_a_word_when_nobody_reads_any_more(
    agency: Agency, arguments: tuple[str, ...]
) -> None:
    taken = inbox(agency.home)
    process = subprocess.Popen(
        [VOUCH, "watch", *arguments],
        env={**os.environ, "VOUCH_HOME": str(agency.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    taken.append([event(1)])
    taken.close()
    assert process.wait(timeout=SECONDS) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_terminal_gets_tables_in_place(agency: Agency) -> None:
    release(agency, at=now())
    taken = inbox(agency.home)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [VOUCH, "watch"],
        env={**os.environ, "VOUCH_HOME": str(agency.home), "TERM": "xterm", "COLUMNS": "120"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    deadline = time.monotonic() + SECONDS
    try:
        while b"Watching" not in shown and time.monotonic() < deadline:
            shown += os.read(master, 65536)
        taken.append([event(1)])
        while b"answer-1" not in shown and time.monotonic() < deadline:
            shown += os.read(master, 65536)
    finally:
        process.terminate()
        code = process.wait(timeout=SECONDS)
        os.close(master)
        taken.close()
    assert b"events of" in shown
    assert b"\x1b[" in shown  # moves the cursor back to draw again
    assert code == 0
