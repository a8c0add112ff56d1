"""A BI client in its own process: reads the current release over and over, and reports."""

import json
import sys
from pathlib import Path

import duckdb

QUERY = "select (select channel from marts.dim_channels), company_name from marts.dim_companies"


def main(home: Path, stop: Path) -> None:
    """Write one line per reading: release, and what two marts say; ends when ``stop`` is there."""
    serving = home / "serving"
    _say("ready")
    while not stop.exists():
        release = json.loads((serving / "current.json").read_text())["release"]
        for path in (serving / "releases" / release / "serving.duckdb", serving / "serving.duckdb"):
            with duckdb.connect(str(path), read_only=True) as connection:
                row = connection.execute(QUERY).fetchone()
            name = release if path.parent.name == release else "copy"
            _say(json.dumps([name, row]))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
