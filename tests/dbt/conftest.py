"""One built warehouse for all tests of models: dbt takes seconds to start."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from money_rows import MONEY
from people_rows import PEOPLE
from survey_rows import SURVEYS
from warehouse import LOWER_HALF, Delivery, Warehouse
from work_rows import WORK


@pytest.fixture(scope="session")
def deliveries() -> list[Delivery]:
    """All hand-made records."""
    return [*PEOPLE, *WORK, *MONEY, *SURVEYS]


@pytest.fixture(scope="session")
def outcome(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[Delivery]
) -> tuple[Warehouse, dict[str, str]]:
    """The warehouse after a build, and the status of every node."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dbt") / "warehouse.duckdb")
    warehouse.land(deliveries)
    return warehouse, warehouse.dbt("build", *LOWER_HALF)


@pytest.fixture(scope="session")
def built(outcome: tuple[Warehouse, dict[str, str]]) -> Warehouse:
    """The warehouse after a build."""
    return outcome[0]
