"""Webhooks a second acknowledged when they are on the disk, and what SIGKILL takes away.

Once with the machine to itself, and once beside the worker, whose runs build what arrives.
"""

import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from benchmarks import million
from benchmarks.killing import Soaked, soak
from benchmarks.latency import at_work
from benchmarks.live import SECRET, Answers, served
from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import run
from benchmarks.receiver_process import inbox_of, receiving
from benchmarks.typeform_events import Events

_RATE = 1000
_SECONDS = 60
_WARM_SECONDS = 3
_KILLS = 40
# Beside runs it takes seconds to be there again.
_KILLS_BESIDE = 10
_RECORDS_BESIDE = 20_000
_SERVED_SECONDS = 1200.0
# Every answer is of one person, and none is of a form that anybody reads.
_CONFIG_BESIDE = f"""
tenant = "{million.VARIABLES["tenant_id"]}"

[gate]
max_unknown_channel_share = 1.0
max_unmapped_spend_share = 1.0
max_unresolved_respondent_share = 1.0

[receiver]
max_backlog = 1_000_000
requests_per_second = 5000.0

[sources.typeform]
url = "http://127.0.0.1:1"
token = "none"
webhook_secrets = ["{SECRET}"]
"""


def measure(work: Path) -> Outcome:
    """1,000 events a second for a minute from another process, then kills; alone, and beside runs.

    Raises:
        BenchmarkFailed: an event was not answered 200, or the inbox holds another number.
    """
    loaded = _loaded(work)
    before, details = os.getloadavg()[0], dict(loaded)
    soaked = soak(_folder(work, "killed"), _KILLS, seed=11)
    latency = loaded["latency_ms"]
    beside = _beside_runs(work)
    return Outcome(
        "receiving",
        (
            Figure("start until it takes connections", loaded["start_seconds"], "s"),
            Figure("memory after the load", loaded["memory_mb"], "MB"),
            Figure("events sent at a steady 1,000 a second", loaded["sent"]),
            Figure("acknowledged", loaded["acknowledged"], "", "all", True),
            Figure("acknowledged per second", loaded["per_second"], "events/s"),
            Figure("latency p50", latency["p50"], "ms"),
            Figure("latency p95", latency["p95"], "ms"),
            Figure("latency p99", latency["p99"], "ms", "< 100 ms", latency["p99"] < 100),
            Figure("latency max", latency["max"], "ms"),
            *_kills(soaked),
            *beside.figures,
        ),
        {**details, "load_average_before_kills": round(before, 2), "beside_runs": beside.details},
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    figures: tuple[Figure, ...]
    details: dict[str, Any]


def _beside_runs(work: Path) -> _Beside:
    folder = _folder(work, "beside")
    home, _ = million.land(folder, _RECORDS_BESIDE)
    (home / "landing" / "typeform" / "init").touch()
    million.release(folder, home)
    config = folder / "vouch.toml"
    config.write_text(_CONFIG_BESIDE, encoding="utf-8")
    token, body = Answers(home).event(0, "beside", 9)
    (folder / "event.json").write_bytes(body)
    given = {**os.environ, "VOUCH_HOME": str(home), "VOUCH_CONFIG": str(config)}
    with at_work(folder, home, given):
        with receiving(folder) as process:
            like = ("--like", str(folder / "event.json"), token, "pushed")
            pushed = _push(process.port, _SECONDS, *like)
        runs = _runs(home)
        soaked = soak(folder, _KILLS_BESIDE, 12, Events("soaked", body, token.encode()))
        # Each event that was sent is kept, acknowledged or not: who heard nothing sends again.
        total, twice, seconds = _in_marts(home, pushed["sent"] + soaked.sent)
        runs_after = _runs(home)
    latency, expected = _latency(pushed), pushed["sent"] + soaked.sent
    acknowledged = pushed["statuses"].get("200", 0)
    return _Beside(
        (
            Figure(
                "beside runs: acknowledged of 60,000",
                acknowledged,
                "",
                "all",
                acknowledged == pushed["sent"],
            ),
            Figure("beside runs: latency p50", latency["p50"], "ms"),
            Figure("beside runs: latency p95", latency["p95"], "ms"),
            Figure(
                "beside runs: latency p99", latency["p99"], "ms", "< 100 ms", latency["p99"] < 100
            ),
            Figure("beside runs: runs begun in that minute", len(runs)),
            Figure("beside runs: kills", soaked.kills),
            Figure("beside runs: acknowledged and lost", soaked.lost, "", "0", soaked.lost == 0),
            Figure("events in the served marts", total, "", "all", total == expected),
            Figure("events in the served marts twice", twice, "", "0", twice == 0),
        ),
        {
            "latency_ms": latency,
            "sent": expected,
            "seconds_until_all_was_served": round(seconds, 1),
            "runs": runs_after,
        },
    )


def _runs(home: Path) -> list[str]:
    """How the runs from events stand, the newest first."""
    reference = InstanceRef.from_dir(str(home / "dagster"))
    with dg.DagsterInstance.from_ref(reference) as instance:
        found = instance.get_runs(dg.RunsFilter(job_name="from_events"))
        return [run.status.value for run in found]


def _in_marts(home: Path, expected: int) -> tuple[int, int, float]:
    """How many of the events are served, how many more than once, after how many seconds."""
    began, row = time.monotonic(), (0, 0)
    while time.monotonic() - began < _SERVED_SECONDS and row[0] < expected:
        time.sleep(1.0)
        (row,) = served(
            home,
            "select count(distinct response_id), count(*) - count(distinct response_id)"
            " from marts.fct_survey_responses"
            " where response_id like '%pushed-%' or response_id like '%soaked-%'",
        )
    return row[0], row[1], time.monotonic() - began


def _kills(soaked: Soaked) -> list[Figure]:
    return [
        Figure("kills, one every 0.1 to 0.5 s of work", soaked.kills),
        Figure("acknowledged between kills", soaked.acknowledged),
        Figure("sent again after their answer", soaked.resent),
        Figure("requests cut off by a kill", soaked.cut_off),
        Figure("acknowledged and lost", soaked.lost, "", "0", soaked.lost == 0),
        Figure("in the inbox twice", soaked.twice, "", "0", soaked.twice == 0),
    ]


def _loaded(work: Path) -> dict[str, Any]:
    # A first start compiles and reads what later ones find in memory.
    with receiving(_folder(work, "warm")) as process:
        _push(process.port, _WARM_SECONDS)
    folder = _folder(work, "loaded")
    with receiving(folder) as process:
        load = os.getloadavg()[0]
        pushed = _push(process.port, _SECONDS)
        memory, cpu, start = process.memory_bytes, process.cpu_seconds, process.seconds
        commits, seconds = _commits(process.port)
    inbox = inbox_of(folder)
    stored = inbox.depth("landing:typeform", "typeform")
    inbox.close()
    acknowledged = pushed["statuses"].get("200", 0)
    if not acknowledged == stored == pushed["sent"]:
        raise BenchmarkFailed(
            f"{pushed['sent']} sent, {stored} in the inbox, answered {pushed['statuses']}"
        )
    return {
        "sent": pushed["sent"],
        "acknowledged": acknowledged,
        "per_second": round(acknowledged / pushed["seconds"]),
        "latency_ms": _latency(pushed),
        "start_seconds": round(start, 2),
        "memory_mb": round(memory / 1e6),
        "commits": commits,
        "commit_mean_ms": round(1000 * seconds / commits, 1),
        "receiver_cpu_seconds": round(cpu, 1),
        "sender_cpu_seconds": round(pushed["cpu_seconds"], 1),
        "sender_latest_ms": round(1000 * pushed["latest_send"], 1),
        "load_average_before": round(load, 2),
        "load_average_after": round(os.getloadavg()[0], 2),
    }


def _latency(pushed: dict[str, Any]) -> dict[str, float]:
    milliseconds = sorted(1000 * each for each in pushed["latencies"])
    cuts = statistics.quantiles(milliseconds, n=100)
    return {
        "p50": round(cuts[49], 1),
        "p95": round(cuts[94], 1),
        "p99": round(cuts[98], 1),
        "max": round(milliseconds[-1], 1),
    }


def _commits(port: int) -> tuple[int, float]:
    """How many there were, and the seconds they took together; most of it is the disk's."""
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        told = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines())
    name = "vouch_receiver_commit_seconds"
    return int(float(told[f"{name}_count"])), float(told[f"{name}_sum"])


def _push(port: int, seconds: int, *like: str) -> dict[str, Any]:
    numbers = [str(number) for number in (port, _RATE, seconds)]
    command = [sys.executable, "-m", "benchmarks.pushing", *numbers, *like]
    ran = run(command)
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"the sender failed:\n{ran.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _folder(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder
