"""Polled events: each batch durable before the next, and had again when its answer was lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from events import LATER, Receiving

from ingestion.errors import SourceError
from ingestion.feed import poll
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
