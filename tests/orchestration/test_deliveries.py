"""However the same records are delivered, the marts are the same bytes."""

import random
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import publication
from benchmarks import agencies
from ingestion.landing import LandedFile, landed_files
from orchestration import dbt, settings, warehouse
from tests.conftest import Vouch

pytestmark = pytest.mark.slow

PIECES = 3
MADE = warehouse.Made(date(2026, 11, 1), "test")


def test_twice_shuffled_and_in_pieces_gives_the_same_bytes(built: Vouch, tmp_path: Path) -> None:
    found = settings.load({"VOUCH_HOME": str(built.home), **built.environment})
    expected = _marts(found.warehouse, found, tmp_path / "expected")

    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(built.home / "pseudonym.key", home)
    # dbt's parse of the same project, which takes as long as a build.
    shutil.copytree(dbt.target_path(built.home), home / "target")
    variables = dbt.variables(found, MADE.as_of.isoformat())
    for files in _pieces(landed_files(found.landing), home / "landing", random.Random(7)):
        warehouse.prepare(home / "warehouse.duckdb", home, files, MADE)
        agencies.rebuild(home, has_tests=False, variables=variables)
    assert _marts(home / "warehouse.duckdb", found, tmp_path / "got") == expected


def _pieces(
    files: list[LandedFile], landing: Path, chance: random.Random
) -> list[list[LandedFile]]:
    """Every record at least once, some twice, in other loads and another order."""
    written: list[LandedFile] = []
    after: list[list[LandedFile]] = []
    for piece in range(PIECES):
        for file in files:
            table = pq.read_table(file.path)
            rows = [row for row in range(table.num_rows) if row % PIECES == piece]
            rows += [row for row in range(table.num_rows) if chance.random() < 0.2]
            chance.shuffle(rows)
            if rows:
                written.append(_written(file, table.take(rows), landing, piece))
        after.append(list(written))
    return after


def _written(file: LandedFile, table: pa.Table, landing: Path, piece: int) -> LandedFile:
    load_id = f"{9 - piece}.{file.load_id}"
    position = table.schema.get_field_index("load_id")
    table = table.set_column(position, "load_id", pa.array([load_id] * table.num_rows))
    path = landing / file.vendor / file.entity / f"{load_id}.{file.path.name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return LandedFile(file.vendor, file.entity, load_id, path, table.num_rows, 0)


def _marts(path: Path, found: settings.Settings, folder: Path) -> dict[str, str]:
    candidate = publication.build_candidate(path, dbt.manifest(found), folder)
    return {
        file.name: file.sha256 for file in candidate.files if not file.name.startswith("evidence/")
    }
