"""From an event accepted to a figure moved: with the warm worker, and with stock Dagster."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks import million
from benchmarks.live import SECRET, STAGES, Answers, Moved, moved, quantile
from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from orchestration.settings import REPOSITORY
from orchestration.worker.address import is_there

_VOUCH = str(Path(sys.executable).parent / "vouch")
_DAGSTER = str(Path(sys.executable).parent / "dagster")
_START_SECONDS = 300.0
_AIM_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 5.0
_SOURCE = f"""
[sources.typeform]
url = "http://127.0.0.1:1"
token = "none"
webhook_secrets = ["{SECRET}"]
"""
# Their pull by the hour would be among the events that are measured.
_NO_PULL = "\n[schedule]\nhourly = false\n"
_STOCK = """
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def measure(work: Path, records: int, events: int, stock_events: int) -> Outcome:
    """Seconds of single events at random moments, by stage, on an agency of so many records.

    Raises:
        BenchmarkFailed: a process did not start, or an event was not served.
    """
    home, landed = million.land(work, records)
    # dlt's own mark of a folder that it may write into; the bulk writer is not dlt.
    (home / "landing" / "typeform" / "init").touch()
    whole = million.release(work, home)
    config = work / "events.toml"
    config.write_text(million.CONFIG + _SOURCE + _NO_PULL, encoding="utf-8")
    given = {**os.environ, "VOUCH_HOME": str(home), "VOUCH_CONFIG": str(config)}
    answers = Answers(home)
    with _receiver(work, given) as url:
        with at_work(work, home, given):
            ours = _measured(home, url, answers, "ours", events)
        stock = []
        if stock_events:
            with _stock(work, home, given):
                stock = _measured(home, url, answers, "stock", stock_events)
    seconds = [each.seconds for each in ours]
    p95 = quantile(seconds, 0.95)
    return Outcome(
        "latency" if records == 1_000_000 else f"latency_{records}",
        (
            Figure("records landed", landed.total),
            Figure("a build of everything", round(whole.seconds, 1), "s"),
            Figure("events", len(ours)),
            Figure("p50", round(quantile(seconds, 0.50), 2), "s"),
            Figure("p95", round(p95, 2), "s", f"<= {_AIM_SECONDS:.0f} s", p95 <= _AIM_SECONDS),
            Figure("p99", round(quantile(seconds, 0.99), 2), "s"),
            Figure("events with stock Dagster", len(stock)),
            *_stock_figures([each.seconds for each in stock]),
        ),
        {"ours": _by_stage(ours), "stock": _by_stage(stock), "load": os.getloadavg()},
    )


def _stock_figures(seconds: Sequence[float]) -> list[Figure]:
    if not seconds:
        return []
    return [
        Figure("p50 with stock Dagster", round(quantile(seconds, 0.50), 2), "s"),
        Figure("slowest with stock Dagster", round(max(seconds), 2), "s"),
    ]


def _by_stage(found: Sequence[Moved]) -> dict[str, Any]:
    if not found:
        return {}
    return {
        "p50": {
            stage: round(quantile([each.stages[stage] for each in found], 0.5), 2)
            for stage in STAGES
        },
        "p95": {
            stage: round(quantile([each.stages[stage] for each in found], 0.95), 2)
            for stage in STAGES
        },
        "seconds": [round(each.seconds, 2) for each in found],
    }


def _measured(home: Path, url: str, answers: Answers, name: str, events: int) -> list[Moved]:
    chance = random.Random(7)
    found = []
    for number in range(events):
        time.sleep(chance.uniform(0.0, _LONGEST_PAUSE_SECONDS))
        found.append(moved(home, url, *answers.event(number, name)))
    return found


@contextmanager
def _receiver(work: Path, given: dict[str, str]) -> Iterator[str]:
    log = work / "receiver.log"
    with _process([_VOUCH, "receive", "--port", "0"], given, log) as process:
        address = re.compile(r"http://[\d.]+:(\d+)")
        _until(process, log, lambda: bool(address.search(log.read_text(encoding="utf-8"))))
        found = address.search(log.read_text(encoding="utf-8"))
        assert found is not None
        yield f"{found[0]}/webhooks/typeform"


@contextmanager
def at_work(work: Path, home: Path, given: dict[str, str]) -> Iterator[None]:
    """A worker over the home."""
    log = work / "worker.log"
    with _process([_VOUCH, "worker"], given, log) as process:
        _until(process, log, lambda: is_there(home))
        yield


@contextmanager
def _stock(work: Path, home: Path, given: dict[str, str]) -> Iterator[None]:
    """Dagster as it comes: its own launcher, its own history, its sensor."""
    settings = home / "dagster" / "dagster.yaml"
    ours = settings.read_text(encoding="utf-8")
    settings.write_text(_STOCK, encoding="utf-8")
    log = work / "stock.log"
    command = [_DAGSTER, "dev", "-m", "orchestration.definitions", "--port", "0"]
    stock = {**given, "DAGSTER_HOME": str(home / "dagster")}
    try:
        with _process(command, stock, log) as process:
            # Its daemon is at work when a sensor has been looked at.
            _until(process, log, lambda: "SensorDaemon" in log.read_text(encoding="utf-8"))
            yield
    finally:
        settings.write_text(ours, encoding="utf-8")


@contextmanager
def _process(
    command: list[str], given: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as target:
        process = subprocess.Popen(command, env=given, cwd=REPOSITORY, stdout=target, stderr=target)
    try:
        yield process
    finally:
        started = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
        process.terminate()
        for each in psutil.wait_procs(started, timeout=20)[1]:
            each.kill()


def _until(process: "subprocess.Popen[bytes]", log: Path, happened: Any) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not happened():
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkFailed(f"{process.args!r} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)
