"""What a run over the examples left behind, for tests to ask."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.landing import landed_files
from tests.conftest import Vouch


@dataclass(frozen=True)
class Published:
    """A home that ``vouch run`` has published from the examples."""

    vouch: Vouch
    records: dict[tuple[str, str], list[bytes]]
    exit_code: int
    told: str

    def landed(self, vendor: str, entity: str, columns: str) -> list[tuple[Any, ...]]:
        """Columns of an entity's envelopes, every version of them."""
        found = landed_files(self.vouch.home / "landing")
        paths = [str(f.path) for f in found if (f.vendor, f.entity) == (vendor, entity)]
        if not paths:
            return []
        query = f"select {columns} from read_parquet($paths) order by all"
        return duckdb.execute(query, {"paths": paths}).fetchall()

    def mart(self, name: str, columns: str) -> list[tuple[Any, ...]]:
        """Columns of a released mart, as BI reads it."""
        with duckdb.connect(str(self._release / "serving.duckdb"), read_only=True) as database:
            return database.execute(f"select {columns} from marts.{name} order by all").fetchall()

    def evidence(self, model: str, columns: str) -> list[tuple[Any, ...]]:
        """Columns of a model of the agency model, as released beside the marts."""
        path = str(self._release / "evidence" / f"{model}.parquet")
        return duckdb.execute(
            f"select {columns} from read_parquet($path) order by all", {"path": path}
        ).fetchall()

    @property
    def _release(self) -> Path:
        return self.vouch.home / "serving" / "releases" / self.vouch.current()
