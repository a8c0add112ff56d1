"""The tiny agency, a copy of its own for each test."""

from pathlib import Path

import pytest

from tests.expectations.agency import Agency, found, moved


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """Founded once; never changed."""
    return found(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def agency(founded: Agency, tmp_path: Path) -> Agency:
    """All of it is right: every check passes."""
    return moved(founded, tmp_path)
