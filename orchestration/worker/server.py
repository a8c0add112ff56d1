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
from orchestration.settings import Settings
from orchestration.waiting import FROM_DROP, FROM_EVENTS
from orchestration.worker.address import address, is_there, process_tag
from orchestration.worker.children import Child, forked
from orchestration.worker.running import Wanted, execute, make_and_execute, report_dead
from orchestration.worker.watching import watch

log = logging.getLogger("vouch.worker")

_TICK_SECONDS = 0.5
_CODE_SECONDS = 2.0
# A run takes what the receiver, which has senders waiting, and the web interface leave.
_NICE = 10
_CODE = ("dbt_project", "expectations", "ingestion", "orchestration", "publication")
_LIBRARIES = ("duckdb", "pyarrow.parquet", "dlt", "dbt.cli.main", "dbt.adapters.duckdb")
_LISTENING = "VOUCH_WORKER_LISTENING"
# A run that cannot even be made is tried again, later and later.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0


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
        self._pause, self._paused_until = _FIRST_PAUSE_SECONDS, 0.0
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
        answer: dict[str, Any] = {"ready": True, "pid": os.getpid(), "runs": self._run_ids()}
        if request["ask"] == "launch":
            run_id = str(request["run"])
            child = self._fork(run_id, lambda: execute(self._repository, self._instance, run_id))
            answer = {"process": process_tag(child.pid)}
        connection.sendall(json.dumps(answer).encode() + b"\n")

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
        if arrived and not self._runs and time.monotonic() >= self._paused_until:
            self._start(arrived[-1])

    def _start(self, arrived: dict[str, Any]) -> None:
        wanted = Wanted(make_new_run_id(), **arrived)
        log.info("run %s: %s", wanted.run_id[:8], wanted.tags["vouch/trigger"])
        inbox = self._settings.inbox_url
        self._fork(
            wanted.run_id,
            lambda: make_and_execute(self._repository, self._instance, inbox, wanted),
        )

    def _fork(self, run_id: str, work: Callable[[], object]) -> Child:
        def gently() -> None:
            os.nice(_NICE)
            work()

        inherited = [self._listening.fileno(), self._eye]
        child = forked(run_id, gently, self._settings.home / "worker.log", inherited)
        self._runs[child.pid] = child
        return child

    def _reap(self) -> None:
        for pid in list(self._runs):
            ended = self._runs[pid].ended()
            if ended is None:
                continue
            child = self._runs.pop(pid)
            if ended.is_crash:
                log.warning("run %s %s", child.run[:8], ended.told)
                self._slow_down()
                report = partial(report_dead, self._instance, child.run, ended.told)
                reporter = forked(child.run, report, self._settings.home / "worker.log", [])
                os.waitpid(reporter.pid, 0)
            else:
                self._pause, self._paused_until = _FIRST_PAUSE_SECONDS, 0.0
        if self._watcher is not None and self._watcher.ended() is not None:
            self._stop_watching()

    def _slow_down(self) -> None:
        self._paused_until = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)

    def _watch(self) -> None:
        """See to it that somebody looks at inbox and drop folder."""
        if self._watcher is not None:
            return
        self._eye, target = os.pipe()
        look = partial(watch, self._settings, target, os.getpid())
        closed = [self._listening.fileno(), self._eye]
        self._watcher = forked("", look, self._settings.home / "worker.log", closed)
        os.close(target)

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.kill()
            os.close(self._eye)
        self._watcher, self._eye, self._unread = None, -1, b""

    def _renew(self) -> None:
        """Other code: become it, once nothing is under way. Whoever connects waits meanwhile."""
        if self._runs or code_version.now(_CODE) == self._code:
            return
        log.info("the code is new: starting again with it")
        self._stop_watching()
        os.set_inheritable(self._listening.fileno(), True)
        os.environ[_LISTENING] = str(self._listening.fileno())
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])

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
