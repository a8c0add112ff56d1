"""Removing old releases, but none that a reader may still hold."""

from datetime import datetime, timedelta
from pathlib import Path

from publication.ledger import LedgerLine, append, sound_ledger
from publication.recovery import recover, remove_release
from publication.releases import SWITCHES, live_lines
from publication.switching import writer

HELD_BY_READERS = timedelta(hours=1)


def prune(home: Path, keep: int, *, at: datetime) -> tuple[str, ...]:
    """Remove all but the newest ``keep`` releases; their ids. The ledger keeps their lines.

    Kept besides: the current release, and any that was published, or was still the current
    one, within the last hour.
    """
    with writer(home) as places:
        recover(places, at)
        lines = sound_ledger(places.ledger).lines
        held = _held(lines, at - HELD_BY_READERS)
        live = [line.release for line in live_lines(lines)]
        gone = tuple(release for release in live[: max(len(live) - keep, 0)] if release not in held)
        for release in gone:
            # The ledger first: a crash then leaves a folder that recovery removes.
            append(places.ledger, "pruned", release, at, {})
            remove_release(places, release)
        return gone


def _held(lines: tuple[LedgerLine, ...], since: datetime) -> frozenset[str]:
    """Releases that were published or current at any moment after ``since``."""
    switches = [line for line in lines if line.event in SWITCHES]
    ends = [line.at for line in switches[1:]]
    held = {line.release for line, end in zip(switches, ends, strict=False) if end > since}
    held |= {line.release for line in switches[-1:]}
    return frozenset(held)
