"""Polled events: each batch durable before the next, and had again when its answer was lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from events import LATER, Receiving

from ingestion.errors import SourceError
from ingestion.feed import Poller, keep_polling, poll
from ingestion.pull import Account
from ingestion.pulse import Pulse
from sandbox.faults import Fault
from sandbox.server import Sandbox

Accounts = Callable[..., Account]


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


@contextmanager
def kept_polling(
    account: Account,
    receiving: Receiving,
    pulse: Pulse,
    is_full: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """A thread that polls, and that nothing ends but us."""
    over = threading.Event()
    assert account.vendor.feed is not None
    poller = Poller(account, account.vendor.feed, receiving.inbox)
    told = (poller, lambda: datetime.now(UTC), over, pulse, is_full)
    thread = threading.Thread(target=keep_polling, args=told)
    thread.start()
    try:
        yield
        assert thread.is_alive()
    finally:
        over.set()
        thread.join(timeout=30)
    assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    """Waits for it to come about."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "did not come about"
        time.sleep(0.05)


def announce(sandbox: Sandbox, count: int) -> None:
    for record in sandbox.store["bullhorn", "candidates"][:count]:
        sandbox.subscriptions.announce("candidates", record["id"], "UPDATED")


def test_the_first_poll_subscribes_and_later_ones_bring_what_happened(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    announce(sandbox, 3)
    assert poll(account("bullhorn"), receiving.inbox, LATER) == 0
    announce(sandbox, 130)
    assert poll(account("bullhorn"), receiving.inbox, LATER) == 130
    assert poll(account("bullhorn"), receiving.inbox, LATER) == 0
    assert len({stored.event.key for stored in receiving.inbox.after(0)}) == 130


def test_a_vendor_that_pushes_is_not_polled(account: Accounts, receiving: Receiving) -> None:
    assert poll(account("typeform"), receiving.inbox, LATER) == 0


@pytest.mark.parametrize("kind", ["close", "truncated"])
def test_a_batch_whose_answer_was_lost_is_asked_for_again(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, kind: str
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    announce(sandbox, 5)
    # The queue has let go of the batch; what carried it did not arrive.
    lost = Fault("bullhorn", "subscription/vouch", kind, times=1, skip=1)  # type: ignore[arg-type]
    sandbox.faults.add(lost)
    with pytest.raises(SourceError, match="bullhorn"):
        poll(bullhorn, receiving.inbox, LATER)
    assert receiving.inbox.newest() == 0
    assert poll(bullhorn, receiving.inbox, LATER) == 5


def test_a_batch_kept_twice_is_in_the_inbox_once(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    announce(sandbox, 5)
    poll(bullhorn, receiving.inbox, LATER)
    # As if killed after the events were kept and before their number was.
    receiving.inbox.advance("feed:bullhorn", 0)
    assert poll(bullhorn, receiving.inbox, LATER) == 0
    assert len(receiving.inbox.after(0)) == 5


def test_a_subscription_that_expired_is_made_again(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    for _ in range(3):
        announce(sandbox, 1)
        poll(bullhorn, receiving.inbox, LATER)
    assert receiving.inbox.position("feed:bullhorn") == 3
    sandbox.subscriptions.forget("vouch")
    assert poll(bullhorn, receiving.inbox, LATER) == 0
    announce(sandbox, 2)
    assert poll(bullhorn, receiving.inbox, LATER) == 2
    assert receiving.inbox.position("feed:bullhorn") == 1


def test_a_refused_login_says_what_to_do(account: Accounts, receiving: Receiving) -> None:
    with pytest.raises(SourceError, match="Check its username"):
        poll(account("bullhorn", password="wrong"), receiving.inbox, LATER)


def test_a_session_is_used_again_and_made_anew_after_a_failure(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    assert bullhorn.vendor.feed is not None
    poller = Poller(bullhorn, bullhorn.vendor.feed, receiving.inbox)
    poller.poll(LATER)
    before = len(sandbox.injection.requests)
    announce(sandbox, 2)
    assert poller.poll(LATER) == 2
    # The batch, and the answer that there is no more: calls are counted by the month.
    assert len(sandbox.injection.requests) - before == 2
    announce(sandbox, 3)
    sandbox.faults.add(Fault("bullhorn", "subscription/vouch", "close"))
    with pytest.raises(SourceError):
        poller.poll(LATER)
    assert poller.poll(LATER) == 3


def test_polling_goes_on_while_the_source_fails(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn", poll_seconds=0.05)
    poll(bullhorn, receiving.inbox, LATER)
    announce(sandbox, 4)
    sandbox.faults.add(Fault("bullhorn", "loginInfo", "status", times=2))
    with kept_polling(bullhorn, receiving, Pulse()):
        until(lambda: receiving.inbox.newest() == 4)


def test_polling_goes_on_after_a_fault_that_nobody_foresaw_and_shows_it(
    sandbox: Sandbox,
    account: Accounts,
    receiving: Receiving,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bullhorn, pulse = account("bullhorn", poll_seconds=0.05), Pulse(["bullhorn"])
    # No folder for tokens can be made where a file lies.
    (receiving.home / "tokens").write_text("")
    with kept_polling(bullhorn, receiving, pulse):
        until(lambda: pulse.failing == ["feed:bullhorn"])
        assert "no events from bullhorn for now: FileExistsError at " in caplog.text
        (receiving.home / "tokens").unlink()
        until(lambda: pulse.failing == [])
        announce(sandbox, 2)
        until(lambda: receiving.inbox.newest() == 2)
        until(lambda: b'vouch_feed_events_total{source="bullhorn"} 2.0' in pulse.text())
    assert b'vouch_feed_polls_total{outcome="failed",source="bullhorn"}' in pulse.text()
    assert b'_timestamp_seconds{source="bullhorn"} 0.0' not in pulse.text()


def test_a_feed_is_left_alone_while_too_much_waits_to_be_landed(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn, pulse = account("bullhorn", poll_seconds=0.05), Pulse(["bullhorn"])
    poll(bullhorn, receiving.inbox, LATER)
    announce(sandbox, 3)
    full = threading.Event()
    full.set()
    with kept_polling(bullhorn, receiving, pulse, full.is_set):
        paused = b'vouch_feed_polls_total{outcome="paused",source="bullhorn"}'
        until(lambda: paused in pulse.text())
        assert receiving.inbox.newest() == 0
        full.clear()
        until(lambda: receiving.inbox.newest() == 3)


@pytest.mark.parametrize("cut", ["", '{"refresh_tok', "[]", '{"refresh_token": 5}'])
def test_a_kept_token_that_cannot_be_read_means_a_new_login(
    account: Accounts, receiving: Receiving, cut: str
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    (kept,) = (receiving.home / "tokens").iterdir()
    kept.write_text(cut)
    assert poll(bullhorn, receiving.inbox, LATER) == 0
    assert "refresh_token" in kept.read_text()
    # What is written beside it has the place of one writer only, and is gone.
    assert list((receiving.home / "tokens").iterdir()) == [kept]


@pytest.mark.parametrize("path", ["loginInfo", "oauth/token", "login?"])
def test_an_answer_of_the_login_in_another_shape_is_a_failure_of_the_source(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, path: str
) -> None:
    def emptied(answer: dict[str, Any]) -> None:
        answer.clear()

    wanted = path.rstrip("?")
    sandbox.faults.add(Fault("bullhorn", wanted, "mutate", times=None, mutation=emptied))
    with pytest.raises(SourceError, match="not the JSON that was asked for"):
        poll(account("bullhorn"), receiving.inbox, LATER)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "key_unusable"),
        ("a\0b", "key_unusable"),
        ("k" * 201, "key_unusable"),
        (None, "key_missing"),
    ],
)
def test_a_polled_event_without_a_usable_key_is_put_aside_and_holds_nothing_up(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, key: str | None, reason: str
) -> None:
    def renamed(event: dict[str, Any]) -> None:
        event["eventId"] = key

    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    announce(sandbox, 3)
    spoilt = Fault("bullhorn", "subscription/vouch", "mutate", skip=1, item=1, mutation=renamed)
    sandbox.faults.add(spoilt)
    assert poll(bullhorn, receiving.inbox, LATER) == 2
    assert receiving.reasons() == [reason]
