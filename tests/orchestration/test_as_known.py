"""What had landed by an instant counts; for a release's own time, what it was made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import publication
from ingestion.drain import drain
from ingestion.inbox import Event, Inbox
from ingestion.landing import landed_at, landed_files
from orchestration import settings
from orchestration.as_known import known
from publication import Release
from publication.origin import origin_from_json
from tests.conftest import Vouch
from tests.orchestration.arriving import answer, arrive

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


@pytest.fixture
def vouch(a_copy: Callable[[], Vouch]) -> Vouch:
    return a_copy()


@pytest.fixture
def found(vouch: Vouch) -> settings.Settings:
    return settings.load({"VOUCH_HOME": str(vouch.home), **vouch.environment})


@pytest.fixture
def release(vouch: Vouch) -> Release:
    return publication.current(vouch.home)


def landed(found: settings.Settings, *events: Event) -> None:
    """The events, drained from the inbox into a load of their own."""
    arrive(found.home, *events)
    (account,) = (each for each in found.accounts if each.name == "typeform")
    inbox = Inbox.open(f"sqlite:///{found.home / 'inbox.sqlite'}")
    try:
        drain(account, inbox, found.home, datetime.now(UTC))
    finally:
        inbox.close()


def names(release: Release) -> set[str]:
    """Of the files that the release was made from."""
    loads = origin_from_json(release.manifest()["origin"]).loads
    return {file.name for load in loads for file in load.files}


def test_an_event_that_waited_in_the_inbox_is_not_in_the_rebuilt_release(
    found: settings.Settings, release: Release
) -> None:
    waiting = replace(answer(found.home, 1, 9), received_at=release.published_at - SECOND)
    landed(found, waiting)
    then = known(found.landing, release.published_at, release)
    assert {f"{file.entity}/{file.path.name}" for file in then.files} == names(release)
    assert then.loads_since == 0
    now = known(found.landing, datetime.now(UTC), release)
    assert len(now.files) > len(then.files)
    assert now.loads_since == 1


def test_a_load_between_the_release_and_the_instant_counts_and_is_told(
    found: settings.Settings, release: Release
) -> None:
    landed(found, answer(found.home, 1, 9))
    between = max(landed_at(found.landing).values())
    landed(found, answer(found.home, 2, 3))
    then = known(found.landing, between, release)
    assert then.loads_since == 1
    assert len(landed_files(found.landing)) > len(then.files) > len(names(release))


def test_what_a_build_of_a_part_left_waiting_is_left_out_as_then(
    found: settings.Settings, release: Release
) -> None:
    landed(found, answer(found.home, 1, 9))
    # As if it had landed before, and the release had been built from other loads alone.
    later = replace(release, published_at=datetime.now(UTC))
    then = known(found.landing, later.published_at, later)
    assert {f"{file.entity}/{file.path.name}" for file in then.files} == names(release)


def test_before_the_first_release_all_that_had_landed_counts(found: settings.Settings) -> None:
    instants = sorted(landed_at(found.landing).values())
    assert known(found.landing, instants[0] - SECOND, None).files == ()
    assert len(known(found.landing, instants[-1], None).files) == len(landed_files(found.landing))
