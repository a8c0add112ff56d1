"""``vouch watch``: events, runs and releases as they pass; lines, JSON, or a moving table."""

import json
import os
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from orchestration import in_words
from orchestration.happenings import Accepted, Happening, Happenings, Released, RunChanged
from orchestration.settings import Settings
from publication import Moved
from publication.moved import ROWS

_LOOK_SECONDS = 0.5
_HEARTBEAT_LOOK_SECONDS = 5.0
# More of one source at once are one line.
_SINGLY = 5
_START = (
    "Nothing is at work over {home}. Start `vouch dev` in another terminal; where Vouch is"
    " deployed, its services."
)
_STYLES = {"SUCCESS": "green", "FAILURE": "red", "CANCELED": "red", "STARTED": "yellow"}


class _View(Protocol):
    def begin(self, found: Happenings) -> None: ...
    def at_work(self, is_at_work: bool) -> None: ...
    def show(self, happened: list[Happening]) -> None: ...


def watch(settings: Settings, out: Console, as_json: bool) -> None:
    """Show what happens until Ctrl-C, SIGTERM, or whoever reads the lines is gone."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = Happenings(settings)
    home = str(settings.home)
    try:
        if as_json:
            _follow(found, _Json(out))
        elif out.is_terminal:
            with Live(console=out, auto_refresh=False, screen=False) as live:
                _follow(found, _Screen(home, lambda shown: live.update(shown, refresh=True)))
        else:
            _follow(found, _Lines(home, out))
    except KeyboardInterrupt:
        pass
    except (BrokenPipeError, SystemExit):
        # rich makes a SystemExit of it. What is still to be written must not be tried again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        found.close()


def _follow(found: Happenings, view: _View) -> None:
    view.begin(found)
    was: bool | None = None
    looked = float("-inf")
    while True:
        if time.monotonic() - looked > _HEARTBEAT_LOOK_SECONDS:
            looked = time.monotonic()
            is_at_work = found.is_at_work(datetime.now(UTC))
            if is_at_work != was:
                view.at_work(is_at_work)
                was = is_at_work
        view.show(list(found.new()))
        time.sleep(_LOOK_SECONDS)


class _Json:
    """One object per line, flushed, so that a program can follow."""

    def __init__(self, out: Console) -> None:
        self._file = out.file

    def begin(self, found: Happenings) -> None:
        release = found.current.release.id if found.current else None
        self._line("watching", {"release": release, "sequence": found.events})

    def at_work(self, is_at_work: bool) -> None:
        self._line("at_work", {"is_at_work": is_at_work})

    def show(self, happened: list[Happening]) -> None:
        names = {Accepted: "event", RunChanged: "run", Released: "release"}
        for each in happened:
            self._line(names[type(each)], asdict(each))

    def _line(self, what: str, document: dict[str, object]) -> None:
        self._file.write(json.dumps({"what": what, **document}, default=_plain) + "\n")
        self._file.flush()


class _Lines:
    """A line per thing, for a pipe or a log."""

    def __init__(self, home: str, out: Console) -> None:
        self._home = home
        self._out = out

    def begin(self, found: Happenings) -> None:
        self._print(Text(_beginning(found)))

    def at_work(self, is_at_work: bool) -> None:
        self._print(Text("Dagster's daemon is at work." if is_at_work else self._start()))

    def show(self, happened: list[Happening]) -> None:
        for line in _lines(happened):
            self._print(line)

    def _start(self) -> str:
        return _START.format(home=self._home)

    def _print(self, line: Text) -> None:
        self._out.print(line, highlight=False)
        self._out.file.flush()


class _Screen:
    """The latest of each, redrawn in place."""

    def __init__(self, home: str, update: Callable[[Group], None]) -> None:
        self._home = home
        self._update = update
        self._counts: Counter[str] = Counter()
        self._last: dict[str, Accepted] = {}
        self._runs: dict[str, RunChanged] = {}
        self._releases: deque[Released] = deque(maxlen=3)
        self._beginning = ""
        self._is_at_work = True

    def begin(self, found: Happenings) -> None:
        self._beginning = _beginning(found)

    def at_work(self, is_at_work: bool) -> None:
        self._is_at_work = is_at_work
        self._draw()

    def show(self, happened: list[Happening]) -> None:
        for each in happened:
            if isinstance(each, Accepted):
                self._counts[each.source] += 1
                self._last[each.source] = each
            elif isinstance(each, RunChanged):
                self._runs.pop(each.run, None)
                self._runs = dict([*self._runs.items(), (each.run, each)][-6:])
            else:
                self._releases.append(each)
        if happened:
            self._draw()

    def _draw(self) -> None:
        parts: list[Text | Table] = [Text(self._beginning, style="dim")]
        if not self._is_at_work:
            parts.append(Text(_START.format(home=self._home), style="yellow"))
        parts += [self._events(), self._history()]
        parts += [line for each in self._releases for line in _release(each)]
        self._update(Group(*parts))

    def _events(self) -> Table:
        table = Table("events of", Column("since then", justify="right"), "last", "its key")
        for source, count in sorted(self._counts.items()):
            last = self._last[source]
            table.add_row(source, f"{count:,}", f"{last.at:%H:%M:%S}", last.key)
        return table

    def _history(self) -> Table:
        table = Table("run", "job", "", Column("seconds", justify="right"), "because of")
        for run in self._runs.values():
            status = Text(_status(run), style=_STYLES.get(run.status, ""))
            seconds = "" if run.seconds is None else f"{run.seconds:.1f}"
            table.add_row(run.run[:8], run.job, status, seconds, run.trigger)
        return table


def _beginning(found: Happenings) -> str:
    release = f"release {found.current.release.id}" if found.current else "nothing published yet"
    return f"Watching from here on: {release}, {found.events:,} events so far. Times are UTC."


def _lines(happened: list[Happening]) -> list[Text]:
    """In the order of time; many events of one source at once are one line."""
    found: list[tuple[datetime, list[Text]]] = []
    accepted = [each for each in happened if isinstance(each, Accepted)]
    for source, count in Counter(each.source for each in accepted).items():
        of_source = [each for each in accepted if each.source == source]
        if count > _SINGLY:
            last = of_source[-1]
            many = f"{source}: {count:,} events, {of_source[0].sequence} to {last.sequence}"
            found.append((last.at, [_line(last.at, "event", many)]))
            continue
        for each in of_source:
            told = f"{source} {each.key} ({each.sequence})"
            found.append((each.at, [_line(each.at, "event", told)]))
    for other in happened:
        if isinstance(other, RunChanged):
            found.append((other.at, [_run(other)]))
        elif isinstance(other, Released):
            found.append((other.at, list(_release(other))))
    return [line for _, lines in sorted(found, key=lambda each: each[0]) for line in lines]


def _run(run: RunChanged) -> Text:
    seconds = "" if run.seconds is None else f", {run.seconds:.1f} s"
    because = f"  {run.trigger}" if run.trigger else ""
    line = _line(run.at, "run", f"{run.job} {run.run[:8]} ")
    line.append(f"{_status(run)}{seconds}", _STYLES.get(run.status, ""))
    return line.append(because)


def _status(run: RunChanged) -> str:
    return run.status.lower().replace("_", " ")


def _release(release: Released) -> Iterable[Text]:
    waited = release.waited_seconds
    after = "" if waited is None else f", {waited:.1f} s after its oldest event was accepted"
    yield _line(release.at, "release", f"{release.release} {release.how.replace('_', ' ')}{after}")
    for moved in release.moved:
        yield Text(f"{'':19}{_moved(moved)}")


def _moved(moved: Moved) -> str:
    if moved.metric == ROWS:
        return (
            f"{moved.dimensions['mart']}: {_count(moved.n_before)} → {_count(moved.n_after)} rows"
        )
    if moved.before == moved.after and moved.note:
        return f"{_name(moved)}: {_value(moved.metric, moved.after, moved.n_after)}, {moved.note}"
    before = _value(moved.metric, moved.before, moved.n_before)
    after = _value(moved.metric, moved.after, moved.n_after)
    count = f", n {_count(moved.n_before)} → {_count(moved.n_after)}"
    changed = count if moved.n_before != moved.n_after else ""
    return f"{_name(moved)}: {before} → {after}{changed}"


def _name(moved: Moved) -> str:
    of = in_words.cut(moved.dimensions)
    return in_words.title(moved.metric) + (f" ({of})" if of else "")


def _value(metric: str, value: float | None, n: int | None) -> str:
    if value is None:
        return "not there" if n is None else "withheld"
    return in_words.value(metric, value)


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _line(at: datetime, what: str, text: str) -> Text:
    return Text(f"{at:%H:%M:%S}  {what:7}  {text}")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
