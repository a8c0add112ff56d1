"""Who asks for a run, when: one for a burst, none while one is under way or a worker answers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import psutil
import pytest

from ingestion.inbox import Event, Inbox
from orchestration import waiting
from orchestration.arrival_sensors import inbox_sensor
from orchestration.home import held, holder
from orchestration.settings import REPOSITORY
from orchestration.worker.address import NoWorker, ask, is_alive, process_tag

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home that the settings name."""
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path))
    monkeypatch.setenv("VOUCH_CONFIG", str(REPOSITORY / "vouch.toml"))
    return tmp_path


@pytest.fixture
def inbox(home: Path) -> Iterator[Inbox]:
    """The home's inbox, with three events of two sources."""
    found = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")
    sources = ("typeform", "xero", "typeform")
    found.append([Event(name, f"{n}", NOON, b"{}") for n, name in enumerate(sources)])
    yield found
    found.close()


@dg.op
def nothing() -> None:
    """A step."""


@dg.job(name=waiting.FROM_EVENTS)
def from_events() -> None:
    """A job of the name that the sensor asks for."""
    nothing()


def evaluated(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    """What the sensor says now."""
    context = dg.build_sensor_context(instance=instance)
    found = inbox_sensor(from_events)(context)
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def test_a_burst_is_one_run_that_says_what_triggered_it(home: Path, inbox: Inbox) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        found = evaluated(instance)
    assert isinstance(found, dg.SensorResult) and found.run_requests is not None
    (request,) = found.run_requests
    assert request.run_key == "inbox:3"
    assert request.tags["vouch/trigger"] == "inbox 1-3: typeform 2, xero 1"
    assert request.tags["vouch/inbox"] == "3"
    assert request.run_config["resources"]["home"]["config"]["deliveries"] == "inbox"


def test_while_a_run_is_under_way_none_is_asked_for(home: Path, inbox: Inbox) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.create_run_for_job(from_events, status=dg.DagsterRunStatus.STARTED)
        found = evaluated(instance)
    assert isinstance(found, dg.SkipReason) and "under way" in str(found.skip_message)


def test_events_that_are_in_a_run_are_not_asked_for_again(home: Path, inbox: Inbox) -> None:
    inbox.advance(waiting.RUNS, 3)
    with dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(evaluated(instance), dg.SkipReason)
    inbox.advance(waiting.RUNS, 1)
    found = waiting.events(inbox)
    assert found is not None and found.trigger == "inbox 2-3: typeform 1, xero 1"


def test_without_a_worker_it_is_said_so(home: Path) -> None:
    with pytest.raises(NoWorker, match="no worker answers"):
        ask(home, {"ask": "ready"})


def test_a_process_is_told_from_another_that_got_its_number() -> None:
    tag = process_tag(psutil.Process().pid)
    assert is_alive(tag)
    assert not is_alive(tag.partition("@")[0] + "@12.00")
    assert not is_alive("4194303@12.00")


def test_the_holder_of_a_home_is_known_and_a_dead_one_is_none(home: Path) -> None:
    assert holder(home) is None
    with held(home, "a test"):
        assert holder(home) == "a test"
    (home / "lock.json").write_text('{"pid": 4194303, "purpose": "gone"}', encoding="utf-8")
    assert holder(home) is None
