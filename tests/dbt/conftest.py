"""One built warehouse for all tests of models: dbt takes seconds to start."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from compiled_models import CompiledModels, compiled
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


@pytest.fixture(scope="session")
def attribution(tmp_path_factory: pytest.TempPathFactory) -> CompiledModels:
    """The models from touchpoints to credit by channel, to be run on invented inputs."""
    schemas = {
        "conversion_touchpoints": "intermediate",
        "attribution_paths": "intermediate",
        "fct_attribution": "marts",
        "attribution_journeys": "intermediate",
        "attribution_transitions": "intermediate",
        "channel_removal_effects": "intermediate",
        "conversion_windows": "intermediate",
        "markov_credit": "intermediate",
        "channel_credit_windows": "intermediate",
    }
    return compiled(tmp_path_factory.mktemp("attribution"), "advocacy", schemas)
