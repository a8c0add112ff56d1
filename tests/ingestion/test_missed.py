"""A pull counts what no event had announced; the first pull and silent entities count nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from events import LATER, Receiving, answered, changed

from ingestion.backlog import consumer
from ingestion.feed import poll
from ingestion.pull import Account, Pulled, pull
from sandbox.server import Sandbox

Accounts = Callable[..., Account]
Pulling = Callable[..., dict[str, Pulled]]
LATE = "2026-11-20T12:00:00Z"
LATE_MS = 1_795_180_000_000


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


def late_answers(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """Answers given after everything that is there."""
    made = []
    for number in range(count):
        record = sandbox.store["typeform", "responses"][0]
        record["response"] |= {"token": f"late{number}", "submitted_at": LATE}
        sandbox.store.upsert("typeform", "responses", record)
        made.append(record)
    return made


def test_the_first_pull_misses_nothing(account: Accounts, pulling: Pulling) -> None:
    assert pulling(account("typeform"))["responses"].missed is None
    assert pulling(account("typeform"))["responses"].missed == 0


def test_answers_whose_event_was_lost_are_counted(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, receiving: Receiving
) -> None:
    typeform = account("typeform")
    pulling(typeform)
    announced, *lost = late_answers(sandbox, 3)
    receiving.receive(typeform, answered(announced))
    receiving.drained(typeform)
    counts = pulling(typeform)
    assert (counts["responses"].landed, counts["responses"].missed) == (3, len(lost))
    assert counts["forms"].missed is None
    # Repaired: the next pull finds nothing missing.
    assert pulling(typeform)["responses"].missed == 0


def test_a_newer_version_than_the_event_brought_is_missed(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, receiving: Receiving
) -> None:
    xero = account("xero")
    pulling(xero)
    one, two, three = sandbox.store["xero", "invoices"][:3]
    for record, at in ((one, LATE_MS), (two, LATE_MS), (three, LATE_MS)):
        sandbox.store.upsert("xero", "invoices", record | {"UpdatedDateUTC": f"/Date({at}+0000)/"})
    receiving.receive(xero, changed("INVOICE", one["InvoiceID"], two["InvoiceID"]))
    receiving.drained(xero)
    later = f"/Date({LATE_MS + 60_000}+0000)/"
    sandbox.store.upsert("xero", "invoices", two | {"UpdatedDateUTC": later})
    counts = pulling(xero)
    assert (counts["invoices"].landed, counts["invoices"].missed) == (3, 2)
    assert counts["accounts"].missed is None


def test_polled_events_announce_too(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    pulling(bullhorn)
    poll(bullhorn, receiving.inbox, LATER)
    for record in sandbox.store["bullhorn", "placements"][:4]:
        sandbox.store.upsert("bullhorn", "placements", record | {"dateLastModified": LATE_MS})
        if record["id"] % 2:
            sandbox.subscriptions.announce("placements", record["id"], "UPDATED")
    told = poll(bullhorn, receiving.inbox, LATER)
    receiving.drained(bullhorn)
    counts = pulling(bullhorn)
    assert (counts["placements"].landed, counts["placements"].missed) == (4, 4 - told)
    assert counts["job_submission_history"].missed is None


def test_what_waits_in_the_inbox_is_not_missed(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, receiving: Receiving
) -> None:
    typeform, xero = account("typeform"), account("xero")
    pulling(typeform)
    pulling(xero)
    told, *_ = late_answers(sandbox, 2)
    receiving.receive(typeform, answered(told))
    one, two = sandbox.store["xero", "invoices"][:2]
    for record in (one, two):
        changes = {"UpdatedDateUTC": f"/Date({LATE_MS}+0000)/"}
        sandbox.store.upsert("xero", "invoices", record | changes)
    receiving.receive(xero, changed("INVOICE", one["InvoiceID"]))
    url = f"sqlite:///{receiving.home / 'inbox.sqlite'}"
    for name, entity in ((typeform, "responses"), (xero, "invoices")):
        (count,) = pull(name, receiving.home, LATER, {entity}, url)
        assert (count.landed, count.missed) == (2, 1)
        # The events are still there for the drain.
        assert receiving.inbox.depth(consumer(name.name), name.name) == 1


def test_a_pull_goes_on_without_the_inbox(
    sandbox: Sandbox,
    account: Accounts,
    pulling: Pulling,
    receiving: Receiving,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pulling(account("typeform"))
    late_answers(sandbox, 1)
    nowhere = "sqlite:////dev/null/inbox.sqlite"
    (count,) = pull(account("typeform"), receiving.home, LATER, {"responses"}, nowhere)
    assert (count.landed, count.missed) == (1, 1)
    assert "counts as missed: the inbox's folder /dev/null cannot be made" in caplog.text


def test_another_accounts_events_announce_nothing_here(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, receiving: Receiving
) -> None:
    typeform = account("typeform")
    other = replace(typeform, name="typeform-two")
    pulling(typeform)
    (record,) = late_answers(sandbox, 1)
    receiving.receive(other, answered(record))
    receiving.drained(other)
    assert pulling(typeform)["responses"].missed == 1


def test_an_account_without_webhooks_misses_nothing(
    sandbox: Sandbox, account: Accounts, pulling: Pulling
) -> None:
    silent = replace(account("typeform"), webhook_secrets=())
    pulling(silent)
    late_answers(sandbox, 1)
    assert pulling(silent)["responses"].missed is None
