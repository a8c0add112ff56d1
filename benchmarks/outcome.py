"""What a benchmark found: figures, whether they reach their aim, on what machine."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

_LIBRARIES = ("dagster", "dbt-core", "dbt-duckdb", "dlt", "duckdb", "great-expectations", "pyarrow")


class BenchmarkFailed(Exception):
    """What was measured did not do its work; the message says what and where to look."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. ``aim`` is what it should be, ``met`` whether it is; None where it only tells."""

    name: str
    value: float | int | str
    unit: str = ""
    aim: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A benchmark's figures, and ``details`` for who wants to know where the time went."""

    name: str
    figures: tuple[Figure, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


def machine() -> dict[str, Any]:
    """What the figures depend on; the load is the machine's other work in the last minute."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "load_average": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def write(
    outcome: Outcome, folder: Path, command: str, on: Mapping[str, Any], at: datetime
) -> Path:
    """``folder/<name>.json``, replacing the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{outcome.name}.json"
    document = {
        "name": outcome.name,
        "at": at.isoformat(timespec="seconds"),
        "command": command,
        "machine": on,
        "figures": [asdict(figure) for figure in outcome.figures],
        "details": outcome.details,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def show(outcome: Outcome, console: Console) -> None:
    """A table of the figures."""
    table = Table("figure", "value", "aim", "", title=outcome.name, title_justify="left")
    for figure in outcome.figures:
        mark = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[figure.met]
        value = f"{figure.value:,}" if isinstance(figure.value, int | float) else figure.value
        table.add_row(figure.name, f"{value} {figure.unit}".strip(), figure.aim, mark)
    console.print(table)
