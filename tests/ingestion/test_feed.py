"""Polled events: each batch durable before the next, and had again when its answer was lost."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from events import LATER, Receiving

from ingestion.errors import SourceError
from ingestion.feed import Poller, keep_polling, poll
from ingestion.pull import Account
from sandbox.faults import Fault
from sandbox.server import Sandbox

Accounts = Callable[..., Account]


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


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
    over = threading.Event()
    told = (bullhorn, receiving.inbox, lambda: datetime.now(UTC), over)
    thread = threading.Thread(target=keep_polling, args=told)
    thread.start()
    deadline = time.monotonic() + 30
    while receiving.inbox.newest() < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    over.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(receiving.inbox.after(0)) == 4
