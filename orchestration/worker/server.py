"""``vouch worker``: stays in memory, forks a process per run, and never does anything itself.

Single-threaded, without any open database: a fork copies neither a lock that another thread
holds nor a connection. What needs one is done in a child.
"""

import contextlib
import importlib
import json
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.utils import make_new_run_id

from expectations.warming import great_expectations
from orchestration import code_version, dbt, home
from orchestration.definitions import definitions
from orchestration.run import dagster_home
from orchestration.settings import Settings, SettingsError, load
from orchestration.waiting import EVENTS, FROM_DROP, FROM_EVENTS, LEFT, Arrived
from orchestration.worker.address import address, is_there, process_tag
from orchestration.worker.children import Child, How, forked
from orchestration.worker.pauses import Pauses
from orchestration.worker.running import (
    RunLimits,
    Wanted,
    execute,
    make_and_execute,
    report_dead,
)
from orchestration.worker.watching import watch

log = logging.getLogger("vouch.worker")

_TICK_SECONDS = 0.5
_CODE_SECONDS = 2.0
# A run takes what the receiver, which has senders waiting, and the web interface leave.
_NICE = 10
_CODE = ("dbt_project", "expectations", "ingestion", "orchestration", "publication")
_LIBRARIES = ("duckdb", "pyarrow.parquet", "dlt", "dbt.cli.main", "dbt.adapters.duckdb")
_LISTENING = "VOUCH_WORKER_LISTENING"


class Server:
    """One per home."""

    def __init__(self, settings: Settings) -> None:
        """Import everything and load the definitions: about 15 s, then never again."""
        self._settings = settings
        self._instance = dagster_home(settings.home, settings.dagster_instance)
        for library in _LIBRARIES:
            importlib.import_module(library)
        great_expectations()
        importlib.import_module("expectations.suite_run").prepared()
        self._repository = _loaded()
        dbt.warm(settings)
        self._code = code_version.now(_CODE)
        self._listening = _listening(settings.home)
        self._runs: dict[int, Child] = {}
        self._watcher: Child | None = None
        self._eye = -1
        self._unread = b""
        self._limits = RunLimits(self._repository, self._instance)
        self._pauses = Pauses()
        self._last_job = ""
        self._is_ending = False

    def serve(self) -> None:
        """Until SIGTERM or SIGINT; runs that are under way then go on by themselves."""
        others = threading.active_count() - 1
        if others:
            raise RuntimeError(f"{others} threads run in the server, which could then not fork")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        log.info("ready: %s", address(self._settings.home))
        looked = time.monotonic()
        while not self._is_ending:
            self._watch()
            with contextlib.suppress(InterruptedError):
                ready = select.select([self._listening, self._eye], [], [], _TICK_SECONDS)[0]
                self._turn(ready)
            self._reap()
            if time.monotonic() - looked > _CODE_SECONDS:
                looked = time.monotonic()
                self._renew()
        self._stop_watching()
        address(self._settings.home).unlink(missing_ok=True)

    def _turn(self, ready: list[Any]) -> None:
        if self._listening in ready:
            connection, _ = self._listening.accept()
            with connection:
                connection.settimeout(1.0)
                try:
                    self._answer(connection)
                except (OSError, ValueError, KeyError) as error:
                    log.warning("a request was not understood: %s", error)
        if self._eye in ready:
            self._see(os.read(self._eye, 1 << 16))

    def _answer(self, connection: socket.socket) -> None:
        request = json.loads(connection.makefile("rb").readline())
        if time.monotonic() > request["until"]:
            log.warning("too late to %s: nobody waits for it any more", request["ask"])
            return
        answer: dict[str, Any] = {"ready": True, "pid": os.getpid(), "runs": self._run_ids()}
        if request["ask"] == "launch":
            answer = {"process": process_tag(self._launch(request).pid)}
        if request["ask"] == "terminate":
            answer = {"told": self._tell_to_end(str(request["run"]))}
        connection.sendall(json.dumps(answer).encode() + b"\n")

    def _launch(self, request: dict[str, Any]) -> Child:
        run = str(request["run"])
        child = Child(0, run, str(request["job"]))
        child.ends_by = self._limits.of_tag(request["max_runtime"])
        return self._fork(child, lambda: execute(self._repository, self._instance, run))

    def _tell_to_end(self, run: str) -> bool:
        """Interrupt a run of ours; whether it is one."""
        found = [child for child in self._runs.values() if child.run == run]
        for child in found:
            child.tell_to_end()
        return bool(found)

    def _run_ids(self) -> list[str]:
        return [child.run for child in self._runs.values()]

    def _see(self, content: bytes) -> None:
        """Start a run for what waits, unless one is under way: the newest line counts."""
        *lines, self._unread = (self._unread + content).split(b"\n")
        told = [json.loads(line) for line in lines if line]
        for each in told:
            if "problem" in each:
                log.warning("%s", each["problem"])
        arrived = [each["arrived"] for each in told if "arrived" in each]
        if arrived and not self._runs:
            ready = [Arrived(**each) for each in arrived[-1]]
            ready = [each for each in ready if not self._pauses.is_paused(each.subject)]
            # In turn: neither events that go on coming nor a folder that fills keep out the other.
            ready.sort(key=lambda each: each.job == self._last_job)
            for each in ready[:1]:
                self._start(each)

    def _start(self, arrived: Arrived) -> None:
        wanted = Wanted(make_new_run_id(), arrived)
        log.info("run %s: %s", wanted.run_id[:8], arrived.trigger)
        self._last_job = arrived.job
        inbox = self._settings.inbox_url
        ends_by = self._limits.of_job(arrived.job)
        self._fork(
            Child(0, wanted.run_id, arrived.job, arrived.subject, ends_by),
            lambda: make_and_execute(self._repository, self._instance, inbox, wanted),
        )

    def _fork(self, child: Child, work: Callable[[], object]) -> Child:
        def gently() -> object:
            os.nice(_NICE)
            return work()

        inherited = [self._listening.fileno(), self._eye]
        child.pid = forked(gently, self._log(), inherited)
        self._runs[child.pid] = child
        return child

    def _log(self) -> Path:
        return self._settings.home / "worker.log"

    def _reap(self) -> None:
        for pid in list(self._runs):
            if self._runs[pid].kill_if_overdue():
                log.warning("run %s hangs and is killed", self._runs[pid].run[:8])
            ended = self._runs[pid].ended()
            if ended is None:
                continue
            child = self._runs.pop(pid)
            if ended.how is How.DIED:
                log.warning("run %s %s", child.run[:8], ended.told)
                report = partial(report_dead, self._instance, child.run, ended.told)
                os.waitpid(forked(report, self._log(), []), 0)
            self._note(child, ended.how)
        if self._watcher is not None and self._watcher.ended() is not None:
            self._stop_watching()

    def _note(self, child: Child, how: How) -> None:
        """What has failed is not asked for again at once."""
        subjects = {child.subject} - {""}
        # Whatever a run from events was for, it took in what was left.
        subjects |= {LEFT} if child.job == FROM_EVENTS else set()
        for subject in subjects:
            if how is How.DONE:
                self._pauses.done(subject)
            # Other events need not wait because the gate refused these.
            elif how is How.DIED or subject != EVENTS:
                self._pauses.failed(subject)

    def _watch(self) -> None:
        """See to it that somebody looks at inbox and drop folder."""
        if self._watcher is not None:
            return
        self._eye, target = os.pipe()
        look = partial(watch, self._settings, target, os.getpid())
        closed = [self._listening.fileno(), self._eye]
        self._watcher = Child(forked(look, self._log(), closed))
        os.close(target)

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.kill()
            os.close(self._eye)
        self._watcher, self._eye, self._unread = None, -1, b""

    def _renew(self) -> None:
        """Other code or settings: become it, once nothing is under way. Whoever asks waits."""
        news = "" if self._runs else self._news()
        if not news:
            return
        log.info("the %s new: starting again with it", news)
        self._stop_watching()
        os.set_inheritable(self._listening.fileno(), True)
        os.environ[_LISTENING] = str(self._listening.fileno())
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

    def _news(self) -> str:
        if code_version.now(_CODE) != self._code:
            return "code is"
        try:
            # Runs read them afresh: watching one inbox and draining another would lose events.
            return "settings are" if load() != self._settings else ""
        except SettingsError as error:
            log.warning("%s", error)
            return ""

    def _end(self, *_: object) -> None:
        self._is_ending = True


def _loaded() -> dg.RepositoryDefinition:
    """The definitions, with what the first run of each job would have to work out."""
    found: dg.RepositoryDefinition = definitions().get_repository_def()
    for name in (FROM_EVENTS, FROM_DROP, "whole_way"):
        found.get_job(name).get_job_snapshot()
    return found


def _listening(state: Path) -> socket.socket:
    inherited = os.environ.pop(_LISTENING, None)
    if inherited is not None:
        found = socket.socket(fileno=int(inherited))
        os.set_inheritable(found.fileno(), False)
        return found
    if is_there(state):
        raise home.HomeBusy(f"a worker is already at work for {state}; end it first")
    path = address(state)
    path.unlink(missing_ok=True)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    found.bind(str(path))
    found.listen(64)
    return found


def serve(settings: Settings) -> None:
    """Become the worker of this home.

    Raises:
        HomeBusy: there is one already.
        HomeUnusable: the home cannot be written.
    """
    with home.held(settings.home, "a starting worker", 60.0):
        pass
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logging.getLogger("vouch").addHandler(shown)
    logging.getLogger("vouch").setLevel(logging.INFO)
    logging.getLogger("dagster").setLevel(logging.ERROR)
    Server(settings).serve()
