"""Vendors that push to a receiver in tests: sources, signed requests, and a clock to set."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from prometheus_client.parser import text_string_to_metric_families

from ingestion.inbox import Inbox
from ingestion.receiver import Limits, Source, receiver
from ingestion.receiver.server import configured, listening
from ingestion.signatures import STANDARD_WEBHOOKS, STRIPE, TYPEFORM, XERO
from ingestion.vendor import Webhook, vendor

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class _Event(msgspec.Struct):
    event_id: str


class _Events(msgspec.Struct):
    events: list[dict[str, Any]]
    entropy: str = ""


def event_key(body: bytes) -> str:
    return msgspec.json.decode(body, type=_Event).event_id


def xero_key(body: bytes) -> str:
    return str(msgspec.json.decode(body, type=_Events).events[0]["id"])


def is_intent_to_receive(body: bytes) -> bool:
    return not msgspec.json.decode(body, type=_Events).events


def broken_key(body: bytes) -> str:
    raise KeyError("a fault in a vendor's module")


def shipped(name: str) -> Webhook:
    """How a vendor that pushes is read outside of tests."""
    found = vendor(name).webhook
    assert found is not None
    return found


STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SOURCES = {
    source.name: source
    for source in (
        Source("typeform", Webhook(TYPEFORM, event_key, lambda body: []), ("new", "old")),
        Source(
            "xero", Webhook(XERO, xero_key, lambda body: [], is_intent_to_receive), ("xero-key",)
        ),
        Source("stripe", Webhook(STRIPE, event_key, lambda body: []), ("whsec_stripe",)),
        Source("own", Webhook(STANDARD_WEBHOOKS, event_key, lambda body: []), (STANDARD_SECRET,)),
        Source("silent", Webhook(TYPEFORM, event_key, lambda body: []), ()),
        # As shipped, account names apart from the toys above.
        Source("answers", shipped("typeform"), ("answers-secret",)),
        Source("tool", shipped("own"), (STANDARD_SECRET,)),
        Source("books", shipped("xero"), ("books-secret",)),
        Source("faulty", Webhook(TYPEFORM, broken_key, lambda body: []), ("new",)),
    )
}


def signed(source: str, body: bytes, at: datetime = NOON, secret: str = "") -> dict[str, str]:
    """The headers its vendor would send, at an instant, with the first secret unless said."""
    known = SOURCES[source]
    return known.webhook.scheme.sign(body, secret or known.secrets[0], at)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as HTTP: header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> tuple[int, str | None, str | None]:
        """(status, status text, reason)."""
        told = json.loads(self.body) if self.body else {}
        return self.status, told.get("status"), told.get("reason")

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiving:
    """A receiver that listens on loopback, and the inbox behind it."""

    port: int
    inbox: Inbox
    now: datetime = NOON
    app: Any = None

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Sequence[tuple[str, str | bytes]] = (),
    ) -> Answered:
        """One request on a connection of its own; a header may come several times."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest(method, path, skip_accept_encoding=True)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(answer.status, told, answer.read())

    def push(self, source: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answered:
        """Deliver a body; signed as it should be, unless headers are given."""
        chosen = signed(source, body, self.now) if headers is None else headers
        return self.ask("POST", f"/webhooks/{source}", body, list(chosen.items()))

    def said(
        self, source: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str | None, str | None]:
        """(status, status text, reason) of a delivery."""
        return self.push(source, body, headers).said

    def counted(self) -> dict[tuple[str, str, str], float]:
        """Requests by source, status and reason, as Prometheus reads them."""
        return {
            (each["source"], each["status"], each["reason"]): value
            for each, value in self.figure("vouch_receiver_requests_total")
        }

    def figure(self, name: str) -> list[tuple[dict[str, str], float]]:
        """(labels, value) of a metric's samples."""
        text = self.ask("GET", "/metrics").body.decode()
        return [
            (sample.labels, sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name
        ]

    def keys(self) -> list[str]:
        """What is in the inbox, in order."""
        return [stored.event.key for stored in self.inbox.after(0, limit=100_000)]


@contextmanager
def receiving(folder: Path, limits: Limits | None = None, url: str = "") -> Iterator[Receiving]:
    """A receiver over an inbox of its own, with the server that ``vouch receive`` uses."""
    inbox = Inbox.open(url or f"sqlite:///{folder / 'inbox.sqlite'}")
    running = Receiving(0, inbox)
    app = receiver(SOURCES, inbox, limits or Limits(), lambda: running.now)
    running.app = app
    server = uvicorn.Server(configured(app))
    on = listening("127.0.0.1", 0)
    running.port = on.getsockname()[1]
    thread = threading.Thread(target=server.run, args=([on],))
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the receiver did not start"
            time.sleep(0.01)
        yield running
    finally:
        server.should_exit = True
        thread.join()
        inbox.close()
