"""The warehouse before dbt is made ready as a whole, or left as it was."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.warehouse import Made, last_made, prepare


def test_a_preparation_that_ends_early_leaves_the_day_and_code_of_the_last_build(
    tmp_path: Path,
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    made = Made(date(2026, 11, 1), "code")
    prepare(warehouse, tmp_path, [], made)
    # The last statement of all cannot be executed; a kill there left a build of no day.
    nonsense: Any = "no day"
    with pytest.raises(duckdb.Error):
        prepare(warehouse, tmp_path, [], Made(nonsense, "other"))
    assert last_made(warehouse) == made
