"""A detractor's answer is told at once, at least once, without a word about the person."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from events import ARRIVED, Receiving, answered, changed

from ingestion.alerts import (
    CONSUMER,
    Alert,
    Alerter,
    AlertRefused,
    Patience,
    alert_pending,
    keep_alerting,
    sender,
)
from ingestion.backlog import consumer
from ingestion.inbox import Event
from ingestion.pull import Account
from ingestion.pulse import Pulse
from ingestion.vendor import Opinion

Accounts = Callable[..., Account]
SOON = ARRIVED + timedelta(seconds=3)


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    return Receiving(tmp_path / "home")


def response(score: float | None, kind: str = "nps", **hidden: str) -> dict[str, Any]:
    field = {"id": "f1", "type": kind, "ref": "nps"}
    answers = [] if score is None else [{"type": "number", "number": score, "field": field}]
    comment = {"type": "text", "text": "Call me, Jane Doe", "field": {"id": "f2", "type": "text"}}
    return {
        "form_id": "job_close",
        "response": {
            "token": f"t{score}{kind}",
            "submitted_at": "2026-11-02T08:59:00Z",
            "hidden": {"respondent_kind": "client", "email": "jane.doe@post.example", **hidden},
            "answers": [comment, *answers],
        },
    }


class Told:
    """What was told, by somebody who refuses as often as asked."""

    def __init__(self, refusals: int = 0) -> None:
        self.alerts: list[Alert] = []
        self.refusals = refusals

    def __call__(self, alert: Alert) -> None:
        if self.refusals:
            self.refusals -= 1
            raise AlertRefused("answered 500")
        self.alerts.append(alert)


def test_only_detractors_are_told(account: Accounts, receiving: Receiving) -> None:
    typeform = account("typeform")
    scores = (0, 3, 6, 7, 10, 11, 2.5, None)
    receiving.receive(typeform, *(answered(response(score)) for score in scores))
    receiving.receive(typeform, answered(response(3, "opinion_scale")))
    told = Told()
    assert alert_pending(receiving.inbox, [typeform], told, SOON, Patience()) == 3
    assert [alert.score for alert in told.alerts] == [0, 3, 6]
    assert [alert.sequence for alert in told.alerts] == [1, 2, 3]
    assert alert_pending(receiving.inbox, [typeform], told, SOON, Patience()) == 0
    assert receiving.inbox.depth(CONSUMER) == 0


def test_eleven_steps_from_zero_are_nps_under_another_name(
    account: Accounts, receiving: Receiving
) -> None:
    body = json.loads(answered(response(3, "opinion_scale")))
    for steps, start_at_one in ((11, False), (11, True), (5, False)):
        properties = {"steps": steps, "start_at_one": start_at_one}
        body["event_id"] = f"{properties}"
        body["form_response"]["definition"]["fields"] = [
            {"id": "f1", "type": "opinion_scale", "title": "?", "properties": properties}
        ]
        receiving.receive(account("typeform"), json.dumps(body).encode())
    told = Told()
    assert alert_pending(receiving.inbox, [account("typeform")], told, SOON, Patience()) == 1


def test_an_alert_says_nothing_about_the_person(account: Accounts, receiving: Receiving) -> None:
    body = answered(response(1, trigger="Jane Doe <jane.doe@post.example>"))
    receiving.receive(account("typeform"), body)
    told = Told()
    alert_pending(receiving.inbox, [account("typeform")], told, SOON, Patience())
    (alert,) = told.alerts
    assert alert.document() == {
        "text": "Detractor: 1 of 10 from a client (unknown), response typeform:t1nps. It will be "
        "in the first release whose inbox position is 1 or more.",
        "response_id": "typeform:t1nps",
        "score": 1,
        "audience": "client",
        "trigger": "unknown",
        "inbox_sequence": 1,
        "received_at": "2026-11-02T09:00:00+00:00",
    }


def test_a_refused_alert_is_told_later_and_in_order(
    account: Accounts, receiving: Receiving
) -> None:
    typeform = account("typeform")
    receiving.receive(typeform, *(answered(response(score)) for score in (9, 1, 8, 2)))
    told, patience = Told(refusals=2), Patience()
    assert alert_pending(receiving.inbox, [typeform], told, SOON, patience) == 0
    assert receiving.inbox.position(CONSUMER) == 1
    # Landing does not wait for it.
    assert receiving.drained(typeform)["responses"].carried == 4
    assert receiving.inbox.depth(consumer("typeform")) == 0
    assert alert_pending(receiving.inbox, [typeform], told, SOON, patience) == 0
    assert told.refusals == 1
    later = SOON + timedelta(seconds=1)
    assert alert_pending(receiving.inbox, [typeform], told, later, patience) == 0
    assert told.refusals == 0
    assert alert_pending(receiving.inbox, [typeform], told, later, patience) == 0
    much_later = later + timedelta(seconds=2)
    assert alert_pending(receiving.inbox, [typeform], told, much_later, patience) == 2
    assert [alert.score for alert in told.alerts] == [1, 2]


def test_the_wait_grows_to_five_minutes() -> None:
    patience = Patience()
    for _ in range(20):
        patience.failed(SOON)
    assert patience.not_before == SOON + timedelta(minutes=5)
    patience.succeeded()
    assert patience.is_due(SOON)


def test_yesterdays_events_and_unreadable_ones_are_passed_over(
    account: Accounts, receiving: Receiving
) -> None:
    accounts = [account("typeform"), account("xero"), account("bullhorn")]
    receiving.receive(accounts[0], answered(response(1)))
    receiving.receive(accounts[1], changed("INVOICE", "11111111-2222"))
    broken = [b"{", b"[]", b'{"event_id":"1","event_type":"form_response"}', b"[" * 5000]
    receiving.inbox.append(
        [Event("typeform", f"k{n}", ARRIVED, body) for n, body in enumerate(broken)]
    )
    receiving.inbox.append([Event("gone", "k", ARRIVED, b"{}")])
    told = Told()
    late = ARRIVED + timedelta(hours=24, seconds=1)
    assert alert_pending(receiving.inbox, accounts, told, late, Patience()) == 0
    assert receiving.inbox.depth(CONSUMER) == 0


def test_alerts_are_posted_by_a_thread_of_their_own(
    account: Accounts, receiving: Receiving
) -> None:
    posted: list[dict[str, Any]] = []
    arrived = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            # The first is refused, as a chat service in trouble does.
            self.send_response(500 if len(posted) == 1 else 200)
            self.end_headers()
            if len(posted) > 1:
                arrived.set()

        def log_message(self, *_: Any) -> None:
            """In silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    over = threading.Event()
    send = sender(f"http://127.0.0.1:{server.server_port}/secret")
    pulse = Pulse()
    alerter = Alerter(receiving.inbox, (account("typeform"),), send)
    told = (alerter, lambda: datetime.now(UTC), over, pulse)
    thread = threading.Thread(target=keep_alerting, args=told)
    thread.start()
    body = answered(response(4))
    receiving.inbox.append([Event("typeform", "01", datetime.now(UTC), body)])
    assert arrived.wait(20)
    over.set()
    thread.join(timeout=20)
    server.shutdown()
    assert len(posted) == 2 and posted[0] == posted[1]
    assert posted[0]["score"] == 4 and "jane" not in json.dumps(posted).lower()
    assert receiving.inbox.depth(CONSUMER) == 0
    for outcome in (b"told", b"refused"):
        assert b'vouch_alerts_total{outcome="%s"} 1.0' % outcome in pulse.text()


def test_alerts_go_on_after_a_fault_that_nobody_foresaw(
    account: Accounts, receiving: Receiving, caplog: pytest.LogCaptureFixture
) -> None:
    inbox, pulse, over = receiving.inbox, Pulse(), threading.Event()
    inbox.append([Event("typeform", "01", datetime.now(UTC), answered(response(4)))])
    arrived, tries = threading.Event(), iter([OSError("Jane Doe"), None])

    def send(alert: Alert) -> None:
        if error := next(tries):
            raise error
        arrived.set()

    alerter = Alerter(inbox, (account("typeform"),), send)
    told = (alerter, lambda: datetime.now(UTC), over, pulse)
    thread = threading.Thread(target=keep_alerting, args=told)
    thread.start()
    assert arrived.wait(20)
    over.set()
    thread.join(timeout=20)
    assert "no alerts for now: OSError at test_alerts.py:" in caplog.text
    assert "Jane Doe" not in caplog.text
    assert b'vouch_alerts_total{outcome="failed"} 1.0' in pulse.text()


def test_a_fault_in_a_vendors_module_keeps_no_other_alert_back(
    account: Accounts, receiving: Receiving
) -> None:
    def broken(body: bytes) -> Opinion | None:
        raise KeyError("a fault in a vendor's module")

    typeform = account("typeform")
    assert typeform.vendor.webhook is not None
    webhook = replace(typeform.vendor.webhook, opinion=broken)
    faulty = replace(typeform, name="faulty", vendor=replace(typeform.vendor, webhook=webhook))
    for number, each in enumerate((faulty, typeform)):
        receiving.receive(each, answered(response(number)))
    told = Told()
    accounts = [faulty, typeform]
    assert alert_pending(receiving.inbox, accounts, told, SOON, Patience()) == 1
    assert receiving.inbox.depth(CONSUMER) == 0


def test_an_address_that_cannot_be_reached_is_not_repeated() -> None:
    alert = Alert("typeform:t", 1, "client", "job_close", 1, ARRIVED)
    with pytest.raises(AlertRefused) as refused:
        sender("http://127.0.0.1:9/services/SECRET")(alert)
    assert "SECRET" not in str(refused.value)


def test_without_an_address_alerts_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    sender("")(Alert("typeform:t", 1, "client", "job_close", 7, ARRIVED))
    assert "inbox position is 7" in caplog.text
