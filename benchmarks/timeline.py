"""Where a ``vouch run`` spends its time: from its progress lines and dbt's results."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LINE = re.compile(r"^\s*(\d+\.\d) s\s+(\w+)\s+(.*)$", re.MULTILINE)
_SPENT = re.compile(r"(\d+\.\d) s$")
# A stage ends with the progress line that begins so, in the order of the run.
_ENDS = {
    "candidate": re.compile(r"^candidate "),
    "gate": re.compile(r"checks passed"),
    "publish": re.compile(r"^release .*: "),
}
_TOP = 10


def stages(progress: str, seconds: float) -> dict[str, float]:
    """Seconds by stage. ``start_and_end`` is imports, Dagster and the process's own end."""
    found: dict[str, float] = {}
    last = 0.0
    for at, _, message in _LINE.findall(progress):
        spent = _SPENT.search(message) if "tests" in message else None
        if spent is not None:
            found["dbt_build"] = float(spent[1])
            last = float(at)
        for stage, end in _ENDS.items():
            if end.search(message):
                found[stage] = round(float(at) - last, 1)
                last = float(at)
    found["start_and_end"] = round(seconds - sum(found.values()), 1)
    return found


def dbt(home: Path) -> dict[str, Any]:
    """dbt's own seconds: all together, by layer, all tests, the slowest models and tests."""
    results, document = _results(home)
    nodes = json.loads((results.parent / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    spent = {row["unique_id"]: float(row["execution_time"]) for row in document["results"]}
    return {
        "elapsed": round(document["elapsed_time"], 1),
        "by_layer": _by_layer(spent, nodes),
        "slowest_models": _slowest(spent, "model."),
        "slowest_tests": _slowest(spent, "test."),
    }


def models(home: Path, places: str = "dbt/*") -> dict[str, float]:
    """Seconds of every model of the last build, by name; ``places`` is where dbt wrote it."""
    rows = _results(home, places)[1]["results"]
    return {
        row["unique_id"].split(".")[2]: float(row["execution_time"])
        for row in rows
        if row["unique_id"].startswith("model.")
    }


def _results(home: Path, places: str = "dbt/*") -> tuple[Path, dict[str, Any]]:
    path = max(home.glob(f"{places}/run_results.json"), key=lambda path: path.stat().st_mtime)
    return path, json.loads(path.read_text(encoding="utf-8"))


def _by_layer(spent: Mapping[str, float], nodes: Mapping[str, Any]) -> dict[str, float]:
    """Sums over two threads, so together more than the time that passed."""
    layers: dict[str, float] = defaultdict(float)
    for unique_id, seconds in spent.items():
        kind = unique_id.split(".")[0]
        layers[nodes[unique_id]["fqn"][1] if kind == "model" else f"{kind}s"] += seconds
    return {layer: round(seconds, 1) for layer, seconds in layers.items()}


def _slowest(spent: Mapping[str, float], kind: str) -> list[list[Any]]:
    chosen = [(seconds, name) for name, seconds in spent.items() if name.startswith(kind)]
    chosen.sort(reverse=True)
    return [[name.split(".")[2], round(seconds, 2)] for seconds, name in chosen[:_TOP]]
