"""What happens in a home, as it happens: events accepted, runs, releases. Only ever read.

How it is shown is not said here, see ``watch.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

import publication
from ingestion.inbox import Inbox
from orchestration.inbox_reader import reading
from orchestration.settings import Settings
from orchestration.waiting import INBOX_TAG, TRIGGER_TAG
from publication.ledger import read_ledger
from publication.places import Places
from publication.releases import SWITCHES

_AT_WORK_SECONDS = 90.0
_RUNS = 25
_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that the inbox holds."""

    at: datetime
    source: str
    key: str
    sequence: int


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A Dagster run in a state that it was not in before; ``seconds`` since it was asked for."""

    at: datetime
    run: str
    job: str
    status: str
    trigger: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Released:
    """Another release is current.

    ``waited_seconds`` is how long the oldest event that is new in it had to wait, None when the
    release does not come from events.
    """

    at: datetime
    release: str
    how: str
    waited_seconds: float | None
    moved: tuple[publication.Moved, ...]


Happening = Accepted | RunChanged | Released


class Happenings:
    """Remembers what was told, so that each thing is told once; begins with now."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._inbox_url = settings.inbox_url
        self._inbox: Inbox | None = None
        self._instance: dg.DagsterInstance | None = None
        self._open()
        self._sequence = self._inbox.newest() if self._inbox else 0
        self._statuses = {run.run: run.status for run, _ in self._runs()}
        self._in_release = self._newest_released()
        self._lines = len(read_ledger(Places(self._home).ledger).lines)
        self._summary = self._summarised()

    @property
    def current(self) -> publication.Summary | None:
        """What the current release says; None before the first."""
        return self._summary

    @property
    def events(self) -> int:
        """The newest event's sequence."""
        return self._sequence

    def is_at_work(self, now: datetime) -> bool:
        """Whether Dagster's daemon has said within a minute and a half that it lives."""
        if self._instance is None:
            return False
        beats = self._instance.get_daemon_heartbeats().values()
        return any(now.timestamp() - beat.timestamp < _AT_WORK_SECONDS for beat in beats)

    def new(self) -> Iterator[Happening]:
        """What has happened since it was last asked."""
        self._open()
        yield from self._accepted()
        yield from self._changed()
        yield from self._released()

    def close(self) -> None:
        """Let go of inbox and history."""
        if self._inbox is not None:
            self._inbox.close()
        if self._instance is not None:
            self._instance.dispose()

    def _open(self) -> None:
        # Opening what is not there yet would make it.
        if self._inbox is None:
            self._inbox = reading(self._inbox_url)
        if self._instance is None:
            self._instance = _history(self._home / "dagster")

    def _accepted(self) -> Iterator[Accepted]:
        while self._inbox is not None and (
            stored := self._inbox.after(self._sequence, limit=_EVENTS)
        ):
            for each in stored:
                event = each.event
                yield Accepted(event.received_at, event.source, event.key, each.sequence)
            self._sequence = stored[-1].sequence

    def _changed(self) -> Iterator[RunChanged]:
        for run, _ in reversed(self._runs()):
            if self._statuses.get(run.run) != run.status:
                self._statuses[run.run] = run.status
                yield run

    def _released(self) -> Iterator[Released]:
        lines = read_ledger(Places(self._home).ledger).lines[self._lines :]
        self._lines += len(lines)
        for line in lines:
            if line.event not in SWITCHES:
                continue
            before, self._summary = self._summary, self._summarised(line.release)
            changed = publication.moved(before, self._summary) if before and self._summary else ()
            yield Released(line.at, line.release, line.event, self._waited(line.at), changed)

    def _waited(self, at: datetime) -> float | None:
        """Seconds since the oldest event that the run which was at work then has taken in."""
        taken = [
            sequence
            for run, sequence in self._runs()
            if run.status in {"STARTED", "SUCCESS"} and sequence > self._in_release
        ]
        if not taken or self._inbox is None:
            return None
        oldest = self._inbox.after(self._in_release, limit=1)
        self._in_release = max(taken)
        return (at - oldest[0].event.received_at).total_seconds() if oldest else None

    def _newest_released(self) -> int:
        return max(
            (sequence for run, sequence in self._runs() if run.status == "SUCCESS"), default=0
        )

    def _runs(self) -> list[tuple[RunChanged, int]]:
        """The newest runs, newest first, each with the newest event that it takes in (or 0)."""
        if self._instance is None:
            return []
        return [_run(record) for record in self._instance.get_run_records(limit=_RUNS)]

    def _summarised(self, release: str | None = None) -> publication.Summary | None:
        for found in publication.releases(self._home):
            if found.id == release or (release is None and found.is_current):
                return publication.summary(self._home, found)
        return None


def _history(folder: Path) -> dg.DagsterInstance | None:
    """Dagster's instance, when it has been made."""
    if not (folder / "dagster.yaml").exists():
        return None
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder)))


def _run(record: dg.RunRecord) -> tuple[RunChanged, int]:
    run = record.dagster_run
    asked = record.create_timestamp.replace(tzinfo=record.create_timestamp.tzinfo or UTC)
    changed = record.update_timestamp.replace(tzinfo=record.update_timestamp.tzinfo or UTC)
    at = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else changed
    told = RunChanged(
        at=at,
        run=run.run_id,
        job=run.job_name,
        status=run.status.value,
        trigger=run.tags.get(TRIGGER_TAG, ""),
        seconds=(at - asked).total_seconds() if record.end_time else None,
    )
    return told, int(run.tags.get(INBOX_TAG, "0"))
