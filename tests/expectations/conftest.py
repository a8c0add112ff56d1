"""The tiny agency, founded anew for each test."""

from pathlib import Path

import pytest

from tests.expectations.agency import Agency, found


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    """All of it is right: every check passes."""
    return found(tmp_path)
