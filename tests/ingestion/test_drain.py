"""From inbox to landing over real HTTP: carried, fetched, gone, unknown, unreadable, unreached."""

import json
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from events import ARRIVED, LATER, Receiving, answered, changed

from ingestion.backlog import consumer
from ingestion.errors import SourceError
from ingestion.feed import poll
from ingestion.inbox import Event
from ingestion.pull import Account, Pulled
from ingestion.vendor import Hint
from sandbox.faults import Fault
from sandbox.server import Sandbox

Accounts = Callable[..., Account]
Pulling = Callable[..., dict[str, Pulled]]


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


def test_a_carried_record_lands_verbatim_with_its_own_arrival(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    body = answered(sandbox.store["typeform", "responses"][0])
    assert receiving.receive(account("typeform"), body) == [True]
    assert receiving.drained(account("typeform"))["responses"].carried == 1
    ((payload, via, received_at, op),) = receiving.rows(
        "responses", "payload, via, received_at, op"
    )
    assert json.loads(body)["form_response"] == json.loads(payload)["response"]
    assert (via, received_at.astimezone(UTC), op) == ("webhook", ARRIVED, "upsert")


def test_a_fetched_record_is_the_one_a_pull_lands(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, pulling: Pulling
) -> None:
    for name, entity in (("xero", "invoices"), ("xero", "contacts"), ("xero", "credit_notes")):
        ids = [next(iter(_ids(record))) for record in sandbox.store[name, entity]][:45]
        category = {"credit_notes": "CREDITNOTE"}.get(entity, entity.upper()[:-1])
        receiving.receive(account(name), changed(category, *ids))
    receiving.drained(account("xero"))
    poll(account("bullhorn"), receiving.inbox, LATER)
    for entity in ("candidates", "placements", "job_submissions", "notes", "corporate_users"):
        for record in sandbox.store["bullhorn", entity][:3]:
            sandbox.subscriptions.announce(entity, record["id"], "UPDATED")
    poll(account("bullhorn"), receiving.inbox, LATER)
    receiving.drained(account("bullhorn"))
    by_event = {
        entity: receiving.rows(entity, _TYPED)
        for entity in (
            *("invoices", "contacts", "credit_notes"),
            *("candidates", "placements", "job_submissions", "notes", "corporate_users"),
        )
    }
    assert all(by_event.values())
    pulling(account("xero"))
    pulling(account("bullhorn"))
    for entity, rows in by_event.items():
        pulled = receiving.rows(entity, _TYPED + ", via")
        assert {(*row, "pull") for row in rows} <= set(pulled), entity


# Without the search's score, which is not the record's.
_TYPED = (
    "record_id, version, op, json_merge_patch(payload, '{\"_score\": null}')::varchar as payload"
)


def _ids(record: dict[str, Any]) -> list[str]:
    return [record[name] for name in ("InvoiceID", "ContactID", "CreditNoteID") if name in record]


def test_a_payment_comes_with_the_document_it_pays(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    payment = sandbox.store["xero", "payments"][0]
    invoice = sandbox.store.get("xero", "invoices", payment["Invoice"]["InvoiceID"])
    invoice["Payments"] = [{"PaymentID": payment["PaymentID"], "Amount": payment["Amount"]}]
    sandbox.store.upsert("xero", "invoices", invoice)
    receiving.receive(account("xero"), changed("INVOICE", invoice["InvoiceID"]))
    counts = receiving.drained(account("xero"))
    assert (counts["invoices"].fetched, counts["payments"].fetched) == (1, 1)
    assert receiving.rows("payments", "record_id") == [(payment["PaymentID"],)]


def test_a_record_named_often_is_fetched_once(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    one = sandbox.store["xero", "invoices"][0]["InvoiceID"]
    receiving.receive(account("xero"), *(changed("INVOICE", one, one) for _ in range(5)))
    assert receiving.drained(account("xero"))["invoices"].fetched == 1


def test_what_is_gone_for_good_becomes_a_tombstone_with_the_events_instant(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    placement = sandbox.store["bullhorn", "placements"][0]["id"]
    candidate = sandbox.store["bullhorn", "candidates"][0]["id"]
    for entity, record in (("placements", placement), ("candidates", candidate)):
        sandbox.store.remove("bullhorn", entity, record)
        sandbox.subscriptions.announce(entity, record, "UPDATED")
        sandbox.subscriptions.announce(entity, record, "DELETED", at_ms=1_793_000_000_000)
    assert poll(bullhorn, receiving.inbox, LATER) == 4
    counts = receiving.drained(bullhorn)
    assert (counts["placements"].deleted, counts["candidates"].deleted) == (1, 1)
    at = datetime.fromtimestamp(1_793_000_000, UTC)
    for entity, record in (("placements", placement), ("candidates", candidate)):
        ((record_id, op, version, payload),) = receiving.rows(
            entity, "record_id, op, version, payload"
        )
        assert (record_id, op, version.astimezone(UTC)) == (str(record), "delete", at)
        assert json.loads(payload)["entityEventType"] == "DELETED"


def test_a_softly_deleted_record_speaks_for_itself(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    record = sandbox.store["bullhorn", "job_orders"][0] | {
        "isDeleted": True,
        "dateLastModified": 1_793_000_000_000,
    }
    sandbox.store.upsert("bullhorn", "job_orders", record)
    sandbox.subscriptions.announce("job_orders", record["id"], "DELETED")
    poll(bullhorn, receiving.inbox, LATER)
    count = receiving.drained(bullhorn)["job_orders"]
    assert (count.fetched, count.deleted) == (1, 0)
    ((op, title),) = receiving.rows("job_orders", "op, payload->>'title'")
    assert (op, title) == ("delete", record["title"])


@pytest.mark.parametrize(
    ("change", "op"),
    [
        ({"isDeleted": True, "linkedPerson": {"id": 2}}, "merge"),
        ({"isAnonymized": True, "firstName": None, "email": None}, "anonymise"),
    ],
)
def test_a_merge_and_an_anonymisation_take_effect_from_the_event(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, change: dict[str, Any], op: str
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    person = next(
        one
        for one in sandbox.store["bullhorn", "candidates"]
        if not one["isDeleted"] and not one["isAnonymized"]
    )
    for record in (person, person | change | {"dateLastModified": 1_793_000_000_000}):
        sandbox.store.upsert("bullhorn", "candidates", record)
        sandbox.subscriptions.announce("candidates", record["id"], "UPDATED")
        poll(bullhorn, receiving.inbox, LATER)
        receiving.drained(bullhorn)
    rows = receiving.rows("candidates", "version, record_id, op, payload->'linkedPerson'->>'id'")
    survivor = "2" if op == "merge" else None
    assert [row[1:] for row in rows] == [
        (str(person["id"]), "upsert", None),
        (str(person["id"]), op, survivor),
    ]


def test_unknown_and_unreadable_events_are_put_aside_and_hold_nothing_up(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    xero, typeform = account("xero"), account("typeform")
    known = sandbox.store["xero", "invoices"][0]["InvoiceID"]
    nowhere = "00000000-1111-4222-8333-444444444444"
    receiving.receive(xero, changed("INVOICE", nowhere, known), changed("BANANA", known))
    good = answered(sandbox.store["typeform", "responses"][0], "good")
    kinds = {
        "partial": good.replace(b'"form_response",', b'"form_response_partial",'),
        "nul": good.replace(b'"submitted_at": "2', b'"submitted_at": "\xff2'),
        "undated": good.replace(b'"submitted_at": "2', b'"submitted_at": "x'),
    }
    events = [Event("typeform", key, ARRIVED, body) for key, body in kinds.items()]
    receiving.inbox.append([*events, Event("typeform", "good", ARRIVED, good)])
    assert receiving.drained(xero)["invoices"].fetched == 1
    assert receiving.drained(typeform)["responses"].carried == 1
    reasons = receiving.reasons()
    assert f"record unknown: invoices {nowhere}" in reasons
    assert "unknown kind: BANANA" in reasons
    assert len(reasons) == 5
    assert receiving.drained(xero) == receiving.drained(typeform) == {}


def test_an_event_of_another_organisation_of_the_app_is_put_aside_as_that(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    one, two = (record["InvoiceID"] for record in sandbox.store["xero", "invoices"][:2])
    other = changed("INVOICE", one).replace(b"sandbox-org", b"another-org")
    receiving.receive(account("xero"), other, changed("INVOICE", two))
    assert receiving.drained(account("xero"))["invoices"].fetched == 1
    assert receiving.rows("invoices", "record_id") == [(two,)]
    assert receiving.reasons() == ["another account: another-org"]


def test_a_fault_in_a_vendors_module_is_put_aside_and_holds_nothing_up(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    typeform = account("typeform")
    assert typeform.vendor.webhook is not None
    right = typeform.vendor.webhook

    def hints(body: bytes) -> list[Hint]:
        return {b"Jane Doe": []}[body] if b"broken" in body else right.hints(body)

    faulty = replace(typeform.vendor, webhook=replace(right, hints=hints))
    first, second = sandbox.store["typeform", "responses"][:2]
    receiving.receive(typeform, answered(first, "broken"), answered(second))
    counts = receiving.drained(replace(typeform, vendor=faulty))
    assert counts["responses"].carried == 1
    (reason,) = receiving.reasons()
    assert reason.startswith("failed: KeyError at test_drain.py:")


def test_an_unreachable_source_leaves_the_events_waiting(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    xero = account("xero")
    known = sandbox.store["xero", "invoices"][0]["InvoiceID"]
    receiving.receive(xero, changed("INVOICE", known))
    for kind in ("status", "html", "truncated", "close"):
        sandbox.faults.add(Fault("xero", "Invoices", kind, times=None))  # type: ignore[arg-type]
        with pytest.raises(SourceError, match=r"xero\.invoices"):
            receiving.drained(xero)
        sandbox.faults.clear()
        assert receiving.inbox.position(consumer("xero")) == 0
        assert receiving.rows("invoices", "record_id") == []
    assert receiving.drained(xero)["invoices"].fetched == 1


def test_a_record_that_the_vendor_refuses_is_put_aside_and_the_others_land(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    announced = [record["id"] for record in sandbox.store["bullhorn", "notes"][:7]]
    for record in announced:
        sandbox.subscriptions.announce("notes", record, "UPDATED")
    poll(bullhorn, receiving.inbox, LATER)
    # Whatever it is asked together with.
    sandbox.faults.add(Fault("bullhorn", str(announced[3]), "status", times=None, status=400))
    assert receiving.drained(bullhorn)["notes"].fetched == 6
    assert receiving.reasons() == [f"cannot be fetched: notes {announced[3]} answered 400"]
    assert receiving.drained(bullhorn) == {}


def test_a_request_that_is_refused_for_every_record_is_the_accounts_trouble(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    bullhorn = account("bullhorn")
    poll(bullhorn, receiving.inbox, LATER)
    for record in sandbox.store["bullhorn", "notes"][:7]:
        sandbox.subscriptions.announce("notes", record["id"], "UPDATED")
    poll(bullhorn, receiving.inbox, LATER)
    for status in (400, 403):
        sandbox.faults.add(Fault("bullhorn", "entity/Note", "status", times=None, status=status))
        with pytest.raises(SourceError, match=f"answered {status}"):
            receiving.drained(bullhorn)
        sandbox.faults.clear()
    assert receiving.reasons() == []
    assert receiving.drained(bullhorn)["notes"].fetched == 7


def test_a_broken_answer_lands_among_the_rejects_as_it_does_in_a_pull(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    broken = sandbox.store["xero", "contacts"][0] | {"UpdatedDateUTC": "yesterday"}
    sandbox.store.upsert("xero", "contacts", broken)
    receiving.receive(account("xero"), changed("CONTACT", broken["ContactID"]))
    assert receiving.drained(account("xero"))["contacts"].rejected == 1
    assert receiving.rows("rejects", "record_id, via") == [(broken["ContactID"], "webhook")]
    assert receiving.reasons() == []


def test_events_replayed_land_the_same_again(
    sandbox: Sandbox, account: Accounts, receiving: Receiving
) -> None:
    typeform = account("typeform")
    receiving.receive(typeform, *map(answered, sandbox.store["typeform", "responses"][:7]))
    receiving.drained(typeform)
    columns = "record_id, version, op, payload, received_at"
    once = receiving.rows("responses", columns)
    receiving.inbox.advance(consumer("typeform"), 0)
    receiving.drained(typeform)
    assert receiving.rows("responses", columns) == sorted([*once, *once])


def test_a_drain_killed_at_any_moment_loses_nothing(
    sandbox: Sandbox, account: Accounts, receiving: Receiving, tmp_path: Path
) -> None:
    typeform = account("typeform")
    records = sandbox.store["typeform", "responses"]
    dice = random.Random(5)
    receiving.inbox.close()
    for start in range(0, 60, 4):
        child = os.fork()
        if child == 0:
            try:
                own = Receiving(tmp_path / "home")
                own.receive(typeform, *map(answered, records[start : start + 4]))
                own.drained(typeform)
            finally:
                os._exit(0)
        time.sleep(dice.uniform(0.01, 0.5))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    after = Receiving(tmp_path / "home")
    kept = after.inbox.newest()
    assert kept > 0
    after.drained(typeform)
    assert after.inbox.position(consumer("typeform")) == kept
    said = {
        json.loads(stored.event.body)["form_response"]["token"]
        for stored in after.inbox.after(0, 1000)
    }
    assert {row[0] for row in after.rows("responses", "record_id")} == said
