"""The one resource: the state folder, held alone for the length of a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from ingestion.inbox import Inbox
from ingestion.landing import landed_files
from orchestration import build, home, settings, warehouse
from orchestration.worker.address import PROCESS_TAG, process_tag


class Home(dg.ConfigurableResource):  # type: ignore[type-arg]
    """``VOUCH_HOME`` and how this run is to treat it.

    ``deliveries`` says where records come from: ``pull`` asks the sources, ``inbox`` takes what
    they have sent.

    The in-process executor makes it once per run, so the lock covers the whole way from
    landing to release, whoever started the run.
    """

    full: bool = False
    as_of: str | None = None
    wait_seconds: float = 0.0
    deliveries: str = "pull"
    _newest: int | None = PrivateAttr(default=None)
    _left: int | None = PrivateAttr(default=None)
    _reading: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Home"]:
        """Hold the folder while the run lasts."""
        purpose = f"run {context.run_id}" if context.run_id else "a run"
        run, instance = context.run, context.instance
        here = process_tag(os.getpid())
        if run is not None and instance is not None and run.tags.get(PROCESS_TAG) != here:
            # However the run was started, its death can then be noticed. One that is tried again
            # comes with all tags of the one that died.
            instance.add_run_tags(run.run_id, {PROCESS_TAG: here})
        with home.held(self.settings.home, purpose, self.wait_seconds):
            try:
                yield self
            finally:
                if self._reading is not None:
                    self._reading.close()

    def keep_open(self) -> None:
        """Nothing writes to the warehouse from here on, and whoever reads it finds it open.

        Opening it takes 50 ms and more, which a run would do six times.
        """
        if self._reading is None:
            self._reading = duckdb.connect(str(self.settings.warehouse), read_only=True)

    @property
    def settings(self) -> settings.Settings:
        """Read afresh: a long-lived code server must see an edited ``vouch.toml``."""
        return settings.load()

    def now(self) -> datetime:
        """The clock, as a UTC instant; the only place that reads it."""
        return datetime.now(UTC)

    def newest_event(self, inbox: Inbox) -> int:
        """Up to where all accounts take in events: what was newest when the run first looked."""
        if self._newest is None:
            self._newest = inbox.newest()
        return self._newest

    def leave(self, sequence: int) -> None:
        """An event from here on was not taken in: its account could not be read."""
        self._left = sequence if self._left is None else min(self._left, sequence)

    def inbox_position(self) -> int:
        """Up to where this run has taken in all events; 0 when it asked the sources instead."""
        newest = self._newest or 0
        return newest if self._left is None else min(newest, self._left - 1)

    def next_build(self, is_whole: bool = True) -> build.Build:
        """What a build would be made from now.

        A build of a part, or from events, keeps the day of the last whole one: another day is
        another build of everything, which is the schedule's.
        """
        is_whole = is_whole and self.deliveries == "pull"
        found = self.settings
        day = self.now().date() if self.as_of is None else date.fromisoformat(self.as_of)
        if not is_whole:
            last = warehouse.last_made(found.warehouse)
            day = last.as_of if last else day
        return build.describe(found, landed_files(found.landing), day)

    def built(self) -> build.Build:
        """What the warehouse was made from: the loads its models have read, and its day."""
        found = self.settings
        files = warehouse.staged(found.warehouse, landed_files(found.landing))
        last = warehouse.last_made(found.warehouse)
        assert last is not None, "models were built before anything reads them"
        return build.describe(found, files, last.as_of)
