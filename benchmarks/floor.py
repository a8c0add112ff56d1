"""``python -m benchmarks.floor``: run ``floor.sql`` over a home's landing, in this process.

The floor is what one script without increments, tests or a gate needs for the same marts.
"""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from ingestion.envelope import ENVELOPE
from ingestion.landing import landed_files
from orchestration.settings import REPOSITORY
from orchestration.warehouse import landing_entities

_SCRIPT = Path(__file__).with_name("floor.sql")
_SEEDS = REPOSITORY / "dbt_project" / "seeds"
_CURRENCY = "GBP"


def run_floor(home: Path, as_of: date, out: Path, threads: int = 2) -> list[tuple[str, float]]:
    """Write one Parquet file per public mart into ``out``, from ``home/landing`` alone.

    Returns:
        The first words of each statement, and its seconds.

    Raises:
        OSError: the home has no pseudonym.key; a run makes it.
        duckdb.Error: the script does not fit the landing.
    """
    out.mkdir(parents=True, exist_ok=True)
    spent: list[tuple[str, float]] = []
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        for name, value in _variables(home, out, as_of).items():
            connection.execute(f"set variable {name} = {value}")
        for statement in connection.extract_statements(_SCRIPT.read_text(encoding="utf-8")):
            started = time.perf_counter()
            connection.execute(statement)
            spent.append((_named(statement.query), time.perf_counter() - started))
    return spent


def _variables(home: Path, out: Path, as_of: date) -> dict[str, str]:
    empty = out / ".nothing.parquet"
    pq.write_table(ENVELOPE.empty_table(), empty)
    paths: dict[str, list[Path]] = {
        f"{vendor}_{entity}": []
        for vendor, entities in landing_entities().items()
        for entity in entities
    }
    for file in landed_files(home / "landing"):
        paths[f"{file.vendor}_{file.entity}"].append(file.path)
    lists = {
        name: f"[{', '.join(_text(path) for path in found or [empty])}]"
        for name, found in paths.items()
    }
    given = {
        "seeds": _SEEDS,
        "out": out,
        "secret": (home / "pseudonym.key").read_text(encoding="ascii").strip(),
        "reporting_currency": _CURRENCY,
    }
    texts = {name: _text(value) for name, value in given.items()}
    return {**lists, **texts, "as_of": f"date '{as_of.isoformat()}'"}


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _named(statement: str) -> str:
    code = [line for line in statement.splitlines() if line.strip() and not line.startswith("--")]
    return " ".join(code[0].split()[:4])


def main() -> None:
    """Run over ``HOME/landing`` and print the seconds per statement as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.floor", description=__doc__)
    parser.add_argument("home", type=Path, help="a VOUCH_HOME with landing and pseudonym.key")
    parser.add_argument("out", type=Path, help="folder for the Parquet files")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    spent = run_floor(given.home, given.as_of, given.out, given.threads)
    json.dump(spent, sys.stdout)


if __name__ == "__main__":
    main()
