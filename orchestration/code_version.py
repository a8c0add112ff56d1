"""Which code made a release: a digest over what can change a figure or a verdict."""

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PLACES = ("dbt_project", "expectations", "publication")
_KINDS = {".sql", ".yml", ".csv", ".py"}
_MADE = {"target", "logs", "__pycache__"}


def digest(places: tuple[str, ...] = _PLACES) -> str:
    """First 16 hex digits of a SHA-256 over names and contents of the source files."""
    return _digest(places)


def now(places: tuple[str, ...]) -> str:
    """The same over the files as they are at this moment, for whoever lives longer than code."""
    return _read(places)


@cache
def _digest(places: tuple[str, ...]) -> str:
    return _read(places)


def _read(places: tuple[str, ...]) -> str:
    total = hashlib.sha256()
    for place in places:
        for path in sorted((_ROOT / place).rglob("*")):
            relative = path.relative_to(_ROOT)
            if path.suffix in _KINDS and not _MADE.intersection(relative.parts):
                total.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]
