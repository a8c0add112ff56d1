"""Webhooks a second acknowledged when they are on the disk, and what SIGKILL takes away."""

import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks.killing import Soaked, soak
from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import run
from benchmarks.receiver_process import inbox_of, receiving

_RATE = 1000
_SECONDS = 60
_WARM_SECONDS = 3
_KILLS = 60


def measure(work: Path) -> Outcome:
    """1,000 events a second for a minute from another process, then sixty kills.

    Raises:
        BenchmarkFailed: an event was not answered 200, or the inbox holds another number.
    """
    loaded = _loaded(work)
    before, details = os.getloadavg()[0], dict(loaded)
    soaked = soak(_folder(work, "killed"), _KILLS, seed=11)
    latency = loaded["latency_ms"]
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
        ),
        {**details, "load_average_before_kills": round(before, 2)},
    )


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
    inbox = inbox_of(folder)
    stored = inbox.depth("landing:typeform", "typeform")
    inbox.close()
    acknowledged = pushed["statuses"].get("200", 0)
    if not acknowledged == stored == pushed["sent"]:
        raise BenchmarkFailed(
            f"{pushed['sent']} sent, {stored} in the inbox, answered {pushed['statuses']}"
        )
    milliseconds = sorted(1000 * each for each in pushed["latencies"])
    cuts = statistics.quantiles(milliseconds, n=100)
    return {
        "sent": pushed["sent"],
        "acknowledged": acknowledged,
        "per_second": round(acknowledged / pushed["seconds"]),
        "latency_ms": {
            "p50": round(cuts[49], 1),
            "p95": round(cuts[94], 1),
            "p99": round(cuts[98], 1),
            "max": round(milliseconds[-1], 1),
        },
        "start_seconds": round(start, 2),
        "memory_mb": round(memory / 1e6),
        "receiver_cpu_seconds": round(cpu, 1),
        "sender_cpu_seconds": round(pushed["cpu_seconds"], 1),
        "sender_latest_ms": round(1000 * pushed["latest_send"], 1),
        "load_average_before": round(load, 2),
        "load_average_after": round(os.getloadavg()[0], 2),
    }


def _push(port: int, seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.pushing", str(port), str(_RATE), str(seconds)]
    ran = run(command)
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"the sender failed:\n{ran.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _folder(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder
