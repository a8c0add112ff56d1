"""A receiver with usual limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pushing import Receiving, receiving


@pytest.fixture
def received(tmp_path: Path) -> Iterator[Receiving]:
    with receiving(tmp_path) as running:
        yield running
