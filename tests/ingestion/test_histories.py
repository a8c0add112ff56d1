"""Any order, repetition, loss and mix of event and pull ends in the same newest records."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from history import ACCOUNTS, HAPPENINGS, History, history_in, pulled_once
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.store import Store

pytestmark = pytest.mark.slow

STEPS = st.one_of(
    st.tuples(st.just("happen"), st.sampled_from(HAPPENINGS)),
    st.tuples(st.just("happen"), st.sampled_from(HAPPENINGS)),
    st.tuples(st.just("deliver"), st.integers(0, 40)),
    st.tuples(st.just("deliver"), st.integers(0, 40)),
    st.tuples(st.just("poll"), st.just("")),
    st.tuples(st.sampled_from(["drain", "drain", "pull", "replay"]), st.sampled_from(ACCOUNTS)),
)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Callable[[], Store]]:
    return pulled_once(tmp_path_factory.mktemp("beginning"))


# `make soak` draws more, and others each time.
DRAWS = int(os.environ.get("VOUCH_SOAK", "8"))


@settings(
    max_examples=DRAWS,
    deadline=None,
    derandomize="VOUCH_SOAK" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=14), seed=st.integers(0, 99), lost=st.booleans())
def test_every_way_of_delivery_ends_in_what_the_vendors_say(
    beginning: tuple[Path, Callable[[], Store]],
    steps: list[tuple[str, str | int]],
    seed: int,
    lost: bool,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        history_in(Path(folder), beginning) as history,
    ):
        for name, what in steps:
            if name == "poll":
                history.poll()
            else:
                getattr(history, name)(what)
        if not lost:
            history.deliver_all(Random(seed))
            _holds(history, announced_only=True)
        for name in ACCOUNTS:
            history.pull(name)
        history.poll()
        history.drain("bullhorn")
        _holds(history, announced_only=False)


def _holds(history: History, announced_only: bool) -> None:
    """Landing's newest versions are the vendors' own; what was deleted for good is deleted."""
    newest, truth = history.newest(), history.truth()
    announced = {
        entity
        for account in history.accounts.values()
        if account.vendor.events is not None
        for entity in account.vendor.events.announces
    }
    different = {
        place: (newest.get(place), said)
        for place, said in truth.items()
        if newest.get(place) != said and (place[0] in announced or not announced_only)
    }
    assert different == {}
    gone = {place for place in newest if place not in truth}
    assert gone == {("placements", key) for key in history.deleted if ("placements", key) in gone}
    assert {newest[place][0] for place in gone} <= {"delete"}
    assert {key for _, key in gone} == history.deleted
