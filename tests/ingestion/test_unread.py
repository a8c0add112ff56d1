"""An account that cannot be read: its events wait, and it is asked later and later."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from events import Receiving, answered, changed

from ingestion.pull import Account
from ingestion.unread import drained, first_waiting, is_put_off, put_off, unread
from sandbox.faults import Fault
from sandbox.server import Sandbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
Accounts = Callable[..., Account]


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


def test_it_is_left_alone_for_a_while_then_asked_once_and_forgotten(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    xero, inbox, home = account("xero"), receiving.inbox, receiving.home
    receiving.receive(xero, changed("INVOICE", sandbox.store["xero", "invoices"][0]["InvoiceID"]))
    sandbox.faults.add(Fault("xero", "Invoices", "status", times=None, status=503))
    found, why = drained(xero, inbox, home, NOON)
    assert found == [] and "answered 503" in str(why)
    asked = len(sandbox.injection.requests)
    found, why = drained(xero, inbox, home, NOON + timedelta(seconds=9))
    assert found == [] and "asked again after 12:00:10" in str(why)
    assert len(sandbox.injection.requests) == asked
    later = NOON + timedelta(seconds=10)
    drained(xero, inbox, home, later)
    # A token, and one answer that is not waited for again.
    assert [path for _, path, _ in list(sandbox.injection.requests)[asked:]] == [
        "/xero/connect/token",
        "/xero/api.xro/2.0/Invoices",
    ]
    assert unread(home)["xero"].again_at == later + timedelta(seconds=20)
    sandbox.faults.clear()
    assert first_waiting("xero", inbox) == 1
    (count,), why = drained(xero, inbox, home, later + timedelta(seconds=20))
    assert (count.fetched, why) == (1, None)
    assert unread(home) == {} and first_waiting("xero", inbox) is None


def test_another_account_is_read_meanwhile(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    put_off(receiving.home, "xero", "away", NOON)
    receiving.receive(account("typeform"), answered(sandbox.store["typeform", "responses"][0]))
    (count,), why = drained(account("typeform"), receiving.inbox, receiving.home, NOON)
    assert (count.carried, why) == (1, None)
    assert list(unread(receiving.home)) == ["xero"]


def test_it_is_asked_after_ten_minutes_at_most_and_when_the_clock_is_set_back(
    tmp_path: Path,
) -> None:
    for _ in range(50):
        put_off(tmp_path, "xero", "away", NOON)
    assert unread(tmp_path)["xero"].failures == 50
    assert is_put_off(tmp_path, "xero", NOON + timedelta(minutes=9))
    assert not is_put_off(tmp_path, "xero", NOON + timedelta(minutes=10))
    assert not is_put_off(tmp_path, "xero", NOON - timedelta(days=1))


def test_a_note_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    put_off(tmp_path, "xero", "away", NOON)
    (tmp_path / "unread.json").write_text("{")
    assert unread(tmp_path) == {}
