"""Many generated agencies in one warehouse, by one dbt run: what coverage and isolation need."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.outcome import BenchmarkFailed
from benchmarks.process import run
from ingestion.landing import landed_files
from ingestion.vendor import vendor, vendor_names
from orchestration import dbt
from orchestration.warehouse import Made, prepare
from sandbox.tenants import Tenant, land

# The generated agencies' story ends the evening before.
AS_OF = date(2026, 11, 1)


@dataclass(frozen=True)
class Built:
    """A finished warehouse, and what it took: landed records and dbt's seconds."""

    warehouse: Path
    records: int
    seconds: float


def build(
    home: Path,
    tenants: Iterable[Tenant],
    select: tuple[str, ...] = (),
    has_tests: bool = True,
) -> Built:
    """Land the tenants below ``home`` and build their marts.

    Args:
        home: an empty folder; the warehouse is made in it.
        tenants: whose agencies.
        select: dbt's selection, everything unless said.
        has_tests: whether dbt's data tests run too.

    Raises:
        BenchmarkFailed: dbt did not end with 0; the message is dbt's own.
    """
    vendors = {name: vendor(name).entities for name in vendor_names()}
    records = land(home / "landing", vendors, tenants)
    warehouse = home / "warehouse.duckdb"
    files = landed_files(home / "landing")
    prepare(warehouse, home, files, Made(AS_OF, dbt.project_code()))
    seconds = rebuild(home, select, has_tests)
    return Built(warehouse, records, seconds)


def rebuild(
    home: Path,
    select: tuple[str, ...] = (),
    has_tests: bool = True,
    variables: str = json.dumps({"as_of_date": str(AS_OF)}),
    options: tuple[str, ...] = (),
) -> float:
    """Build models of a warehouse that is there once more; dbt's seconds.

    ``variables`` are dbt's ``--vars``, ``options`` any others of its command line.

    Raises:
        BenchmarkFailed: dbt did not end with 0; the message is dbt's own.
    """
    folder, target = str(dbt.PROJECT_DIR), str(home / "target")
    ran = run(
        [
            *(dbt.executable(), "build", "--quiet", "--no-use-colors"),
            *("--exclude-resource-type", "unit_test"),
            *(() if has_tests else ("--exclude-resource-type", "test")),
            *("--project-dir", folder, "--profiles-dir", folder),
            *("--target-path", target, "--log-path", target),
            *("--vars", variables),
            *(("--select", *select) if select else ()),
            *options,
        ],
        {
            **os.environ,
            "VOUCH_WAREHOUSE": str(home / "warehouse.duckdb"),
            "DO_NOT_TRACK": "1",
        },
    )
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"dbt ended with {ran.exit_code}:\n{ran.stdout}{ran.stderr}")
    return ran.seconds
