"""One generated agency and one running sandbox for all tests that do not change them."""

from collections.abc import Iterator

import pytest

from sandbox.agency import Agency, AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.server import Sandbox, running
from sandbox.store import Store


@pytest.fixture(scope="session")
def agency() -> Agency:
    """The small agency of the default plan."""
    return generate(AgencyPlan())


@pytest.fixture(scope="session")
def server(agency: Agency) -> Iterator[Sandbox]:
    """The agency, served without limits."""
    with running(Store(agency.records), limits=Limits.off()) as sandbox:
        yield sandbox


@pytest.fixture
def own_server() -> Iterator[Sandbox]:
    """A tiny agency that a test may change or spoil."""
    store = Store(generate(AgencyPlan(scale="tiny")).records)
    with running(store, limits=Limits.off()) as sandbox:
        yield sandbox
