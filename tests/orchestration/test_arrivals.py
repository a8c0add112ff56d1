"""Who asks for a run, when: one for a burst, none while one is under way or a worker answers."""

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psutil
import pytest

from ingestion.drain import consumer
from ingestion.inbox import Event, Inbox
from ingestion.unread import put_off
from orchestration import settings, waiting
from orchestration.arrival_sensors import drop_sensor, inbox_sensor
from orchestration.home import held, holder
from orchestration.settings import REPOSITORY
from orchestration.worker.address import NoWorker, ask, is_alive, process_tag
from orchestration.worker.watching import Eye
from tests.orchestration.arriving import until

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


@dg.job(name=waiting.FROM_DROP)
def from_drop() -> None:
    """A job that leaves the files where they are."""
    nothing()


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


def landed(inbox: Inbox, sequence: int) -> None:
    """All events up to there were in a run, and landed."""
    for name in (waiting.RUNS, consumer("typeform"), consumer("xero")):
        inbox.advance(name, sequence)


def test_a_burst_is_one_run_that_says_what_triggered_it(home: Path, inbox: Inbox) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        found = evaluated(instance)
    assert isinstance(found, dg.SensorResult) and found.run_requests is not None
    (request,) = found.run_requests
    assert request.run_key == "inbox:3:0"
    assert request.tags["vouch/trigger"] == "inbox 1-3: typeform 2, xero 1"
    assert request.tags["vouch/inbox"] == "3"
    assert request.run_config["resources"]["home"]["config"]["deliveries"] == "inbox"


def test_while_a_run_is_under_way_none_is_asked_for(home: Path, inbox: Inbox) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.create_run_for_job(from_events, status=dg.DagsterRunStatus.STARTED)
        found = evaluated(instance)
    assert isinstance(found, dg.SkipReason) and "under way" in str(found.skip_message)


def test_events_that_are_in_a_run_are_not_asked_for_again(home: Path, inbox: Inbox) -> None:
    landed(inbox, 3)
    with dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(evaluated(instance), dg.SkipReason)
    inbox.advance(waiting.RUNS, 1)
    found = waiting.events(inbox)
    assert found is not None and found.trigger == "inbox 2-3: typeform 1, xero 1"


def test_events_that_did_not_land_are_asked_for_again_when_their_account_may_be_asked(
    home: Path, inbox: Inbox
) -> None:
    inbox.advance(waiting.RUNS, 3)
    found = waiting.left(inbox, settings.load(), NOON)
    assert found is not None and found.trigger == "inbox again: typeform from 1, xero from 2"
    put_off(home, "typeform", "away", NOON)
    found = waiting.left(inbox, settings.load(), NOON)
    assert found is not None and found.trigger == "inbox again: xero from 2"
    inbox.advance(consumer("xero"), 2)
    assert waiting.left(inbox, settings.load(), NOON) is None
    later = NOON + timedelta(seconds=10)
    found = waiting.left(inbox, settings.load(), later)
    assert found is not None and found.trigger == "inbox again: typeform from 1"


def test_what_a_run_has_left_is_asked_for_again_but_not_at_once(home: Path) -> None:
    (home / "drop").mkdir()
    dropped = home / "drop" / "answers.csv"
    dropped.write_text("a,b\n")
    os.utime(dropped, (0, 0))
    sensor = drop_sensor(from_drop)
    with dg.DagsterInstance.ephemeral() as instance:

        def asked() -> dg.RunRequest | str:
            found = sensor(dg.build_sensor_context(instance=instance))
            if isinstance(found, dg.SkipReason):
                return str(found.skip_message)
            assert isinstance(found, dg.SensorResult) and found.run_requests is not None
            return found.run_requests[0]

        first = asked()
        assert isinstance(first, dg.RunRequest)
        from_drop.execute_in_process(instance=instance, tags=dict(first.tags))
        assert "failed; tried again in" in str(asked())
        until(lambda: isinstance(asked(), dg.RunRequest))
        second = asked()
    assert isinstance(second, dg.RunRequest) and second.run_key != first.run_key


def test_files_are_told_of_with_the_events_that_keep_coming(home: Path, inbox: Inbox) -> None:
    (home / "drop").mkdir()
    dropped = home / "drop" / "answers.csv"
    dropped.write_text("a,b\n")
    os.utime(dropped, (0, 0))
    eye, began = Eye(settings.load()), time.monotonic()
    found: list[waiting.Arrived] = []
    while not found:
        inbox.append([Event("typeform", f"more{time.monotonic()}", NOON, b"{}")])
        found = eye.look()
        time.sleep(0.05)
    # The burst did not end: it was taken in as it was.
    assert 1.0 < time.monotonic() - began < 10.0
    assert [each.job for each in found] == [waiting.FROM_EVENTS, waiting.FROM_DROP]
    with held(home, "a run"):
        assert eye.look() == []


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
    # What a killed holder leaves, once its number is free, and once somebody else has got it.
    for number in (4194303, os.getppid()):
        note = {"pid": number, "process": f"{number}@12.00", "purpose": "gone"}
        (home / "lock.json").write_text(json.dumps(note), encoding="utf-8")
        assert holder(home) is None
    (home / "lock.json").write_text("[]", encoding="utf-8")
    assert holder(home) is None
