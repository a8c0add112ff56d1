"""The agency lives on: what happens can be pulled, and is told as each vendor tells it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from ingestion.signatures import TYPEFORM, XERO
from ingestion.vendor import vendor
from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.live import Disturbance, Living
from sandbox.server import Sandbox, running
from sandbox.store import Store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHEMES = {"/webhooks/typeform": TYPEFORM, "/webhooks/xero": XERO}


class Receiver:
    """A server that takes webhooks, after it has refused so many of them."""

    def __init__(self, refusals: int = 0) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        self.refusals = refusals
        self.arrived = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                secrets = [Living().secrets[self.path.rsplit("/", 1)[1]]]
                headers = {name.lower(): text for name, text in self.headers.items()}
                SCHEMES[self.path].verify(headers, body, secrets, NOW)
                with outer.arrived:
                    refused = outer.refusals > 0
                    outer.refusals -= refused
                    if not refused:
                        outer.bodies.append((self.path, body))
                        outer.arrived.notify_all()
                self.send_response(503 if refused else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """In silence."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def wait(self, count: int) -> bool:
        """Whether so many have arrived within 20 s."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.bodies) >= count, timeout=20)


@contextmanager
def listening(refusals: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(refusals)
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()


@contextmanager
def living(receiver: str | None, per_minute: float = 0, **disturbance: float) -> Iterator[Sandbox]:
    store = Store(generate(AgencyPlan(scale="tiny")).records)
    going_on = Living(
        receiver, per_minute, disturbance=Disturbance(**disturbance), clock=lambda: NOW
    )
    with running(store, limits=Limits.off(), living=going_on) as sandbox:
        yield sandbox


def post(sandbox: Sandbox, kind: str) -> Any:
    answer = requests.post(f"{sandbox.base_url}/live/{kind}", timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_is_pushed_as_the_pull_has_it() -> None:
    with listening() as receiver, living(receiver.url) as sandbox:
        said = post(sandbox, "answer?score=2")
        assert said["told"] == ["typeform: webhook taken"]
        ((_, body),) = receiver.bodies
        webhook = vendor("typeform").webhook
        assert webhook is not None
        (hint,) = webhook.hints(body)
        assert said["records"] == [f"typeform.responses {hint.record_id}"]
        stored = sandbox.store.get("typeform", "responses", hint.record_id)
        pushed = json.loads(hint.payload or b"")
        assert pushed["form_id"] == stored["form_id"]
        for name in ("token", "submitted_at", "landed_at", "hidden", "answers"):
            assert pushed["response"][name] == stored["response"][name]
        assert pushed["response"]["answers"][0]["number"] == 2


def test_a_detractor_scores_six_at_most() -> None:
    with listening() as receiver, living(receiver.url) as sandbox:
        for _ in range(12):
            post(sandbox, "detractor")
        scores = [
            json.loads(b)["form_response"]["answers"][0]["number"] for _, b in receiver.bodies
        ]
        assert len(scores) == 12 and max(scores) <= 6


def test_a_paid_invoice_has_a_placement_a_referral_and_a_payment_behind_it() -> None:
    with listening() as receiver, living(receiver.url) as sandbox:
        said = post(sandbox, "invoice-paid")
        kinds = {record.split(" ")[0] for record in said["records"]}
        assert {
            *("bullhorn.candidates", "bullhorn.job_orders", "bullhorn.placements"),
            *("xero.invoices", "xero.payments"),
        } <= kinds
        ((path, body),) = receiver.bodies
        (event,) = json.loads(body)["events"]
        invoice = sandbox.store.get("xero", "invoices", event["resourceId"])
        placement = sandbox.store.get(
            "bullhorn", "placements", int(invoice["Reference"].removeprefix("PL-"))
        )
        candidate = sandbox.store.get("bullhorn", "candidates", placement["candidate"]["id"])
        assert path == "/webhooks/xero"
        assert (invoice["Status"], invoice["AmountDue"]) == ("PAID", 0)
        assert sandbox.store.get("xero", "payments", invoice["Payments"][0]["PaymentID"])
        assert candidate["referredByPerson"] and candidate["status"] == "Placed"


def test_every_record_can_be_identified() -> None:
    with living(None) as sandbox:
        before = sandbox.store.counts()
        for kind in ("referral", "placement", "invoice-paid", "answer", "detractor") * 3:
            post(sandbox, kind)
        for name in ("bullhorn", "typeform", "xero"):
            for entity in vendor(name).entities:
                for raw in sandbox.store.shelf(name, entity.name).raws:
                    assert entity.identify(raw).version is not None
        after = sandbox.store.counts()
        grown = {entity: after[place] - before[place] for place in after for entity in [place[1]]}
        assert (grown["candidates"], grown["placements"], grown["invoices"]) == (3, 3, 3)
        assert (grown["job_submission_history"], grown["responses"]) == (6, 6)


def test_a_deletion_is_told_by_bullhorns_queue_alone() -> None:
    with living(None) as sandbox:
        (said,) = post(sandbox, "deletion")["told"]
        assert "has no subscription" in said
        assert len(sandbox.store["bullhorn", "placements"]) > 0


def test_a_webhook_that_is_refused_is_sent_again() -> None:
    with listening(refusals=2) as receiver, living(receiver.url) as sandbox:
        assert post(sandbox, "answer")["told"] == [
            "typeform: the receiver answers 503; trying again"
        ]
        assert receiver.wait(1)


def test_webhooks_are_lost_doubled_and_delayed_as_ordered() -> None:
    with listening() as receiver:
        with living(receiver.url, lost=1.0) as sandbox:
            assert post(sandbox, "answer")["told"] == ["typeform: lost on purpose"]
        with living(receiver.url, twice=1.0) as sandbox:
            post(sandbox, "answer")
            assert receiver.bodies[0] == receiver.bodies[1]
        with living(receiver.url, late=1.0, late_seconds=0.5) as sandbox:
            for _ in range(8):
                assert post(sandbox, "answer")["told"] == ["typeform: late on purpose"]
            assert receiver.wait(10)
    assert len(receiver.bodies) == 10


def test_it_lives_on_by_itself() -> None:
    with listening() as receiver, living(receiver.url, per_minute=1200) as sandbox:
        before = sum(sandbox.store.counts().values())
        assert receiver.wait(5)
        assert sum(sandbox.store.counts().values()) > before


@pytest.mark.parametrize(
    ("kind", "status"), [("nothing", 404), ("answer?score=11", 400), ("answer?score=-1", 400)]
)
def test_an_unknown_kind_or_score_is_refused_and_named(kind: str, status: int) -> None:
    with living(None) as sandbox:
        answer = requests.post(f"{sandbox.base_url}/live/{kind}", timeout=20)
        assert answer.status_code == status
        assert "there are answer" in answer.text or "0 to 10" in answer.text


def test_without_living_there_is_nothing_to_trigger(server: Sandbox) -> None:
    assert requests.post(f"{server.base_url}/live/answer", timeout=20).status_code == 404


def test_it_begins_with_a_file_and_repeats_no_id_of_an_earlier_life(tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    seen: list[set[str]] = []
    for day in (NOW, NOW + timedelta(minutes=1)):
        store = Store(generate(AgencyPlan()).records)
        before = len(store["bullhorn", "placements"])
        living = Living(per_minute=6000, clock=lambda now=day: now, begin_with=sign)
        with running(store, limits=Limits.off(), living=living):
            threading.Event().wait(1)
            assert sign.exists() or len(store["bullhorn", "placements"]) == before
            sign.touch()
            deadline = time.monotonic() + 20
            while len(store["bullhorn", "placements"]) < before + 3:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            seen.append({str(one["id"]) for one in store["bullhorn", "placements"][before:]})
    assert not seen[0] & seen[1]
