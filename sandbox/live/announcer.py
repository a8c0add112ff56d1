"""Tells of changes as each vendor does: a signed webhook, or a place in a queue."""

import heapq
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

import msgspec

from ingestion.signatures import TYPEFORM, XERO, Scheme
from sandbox.agency.dice import Dice
from sandbox.credentials import Credentials
from sandbox.live.happenings import Change
from sandbox.live.living import Living
from sandbox.live.surveying import pushed
from sandbox.protocol.bullhorn_events import Subscriptions
from sandbox.store import Store

# Payments have no webhook; neither have Bullhorn's steps an event that is documented.
_CATEGORIES = {"invoices": "INVOICE", "contacts": "CONTACT", "credit_notes": "CREDITNOTE"}
_UNANNOUNCED = ("job_submission_history",)
_TIMEOUT_SECONDS = 5.0
_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)


@dataclass(frozen=True)
class _Push:
    account: str
    scheme: Scheme
    secret: str
    body: bytes
    tried: int = 0


class Announcer:
    """Sends webhooks to the receiver, and again while it does not take them.

    Where there is no receiver, only Bullhorn's queues are told.
    """

    def __init__(self, store: Store, subscriptions: Subscriptions, living: Living) -> None:
        self._store = store
        self._subscriptions = subscriptions
        self._living = living
        self._dice = Dice(0, "announcer")
        self._sequence = count(1)
        self._order = count()
        self._waiting: list[tuple[float, int, _Push]] = []
        self._changed = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._keep_trying, daemon=True)
        self._thread.start()

    def announce(self, changes: Iterable[Change]) -> list[str]:
        """Tell of them; per message, what became of it so far."""
        told = []
        for change in changes:
            if change.vendor == "bullhorn" and change.entity not in _UNANNOUNCED:
                queues = self._subscriptions.announce(
                    change.entity, int(change.record_id), change.kind, self._now_ms()
                )
                waits = f"waits in {queues} queue" if queues else "has no subscription to wait in"
                told.append(f"bullhorn: {change.entity} {change.record_id} {waits}")
        for push in self.bodies(changes):
            told += self._disturbed(push)
        return told

    def bodies(self, changes: Iterable[Change]) -> list[_Push]:
        """The webhooks that these changes cause."""
        secrets = self._living.secrets
        pushes = []
        for change in changes:
            if change.entity == "responses":
                body = self._answered(str(change.record_id))
                pushes.append(_Push("typeform", TYPEFORM, secrets["typeform"], body))
            elif change.entity in _CATEGORIES:
                body = self._changed_document(change)
                pushes.append(_Push("xero", XERO, secrets["xero"], body))
        return pushes

    def close(self) -> None:
        """Stop trying."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        self._thread.join(timeout=_TIMEOUT_SECONDS + 1)

    def is_idle(self) -> bool:
        """Whether nothing waits to be sent."""
        with self._changed:
            return not self._waiting

    def _answered(self, token: str) -> bytes:
        record = self._store.get("typeform", "responses", token)
        event = {
            "event_id": uuid.uuid4().hex,
            "event_type": "form_response",
            "form_response": pushed(record),
        }
        return msgspec.json.encode(event)

    def _changed_document(self, change: Change) -> bytes:
        number = next(self._sequence)
        path = {"credit_notes": "CreditNotes"}.get(change.entity, change.entity.capitalize())
        event = {
            "resourceUrl": f"https://api.xero.com/api.xro/2.0/{path}/{change.record_id}",
            "resourceId": change.record_id,
            "tenantId": Credentials().xero_tenant_id,
            "tenantType": "ORGANISATION",
            "eventCategory": _CATEGORIES[change.entity],
            "eventType": "CREATE" if change.kind == "INSERTED" else "UPDATE",
            "eventDateUtc": self._living.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
        }
        batch = {
            "events": [event],
            "firstEventSequence": number,
            "lastEventSequence": number,
            "entropy": uuid.uuid4().hex[:20].upper(),
        }
        return msgspec.json.encode(batch)

    def _disturbed(self, push: _Push) -> list[str]:
        if self._living.receiver is None:
            return [f"{push.account}: nobody to tell"]
        if self._dice.chance(self._living.disturbance.lost):
            return [f"{push.account}: lost on purpose"]
        if self._dice.chance(self._living.disturbance.late):
            seconds = self._dice.between(1, 1000) / 1000 * self._living.disturbance.late_seconds
            self._later(push, seconds)
            return [f"{push.account}: late on purpose"]
        times = 2 if self._dice.chance(self._living.disturbance.twice) else 1
        return [self._sent(push) for _ in range(times)]

    def _sent(self, push: _Push) -> str:
        """Send it now; where that fails, later. What became of it."""
        problem = self._refusal(push)
        if problem is None:
            return f"{push.account}: webhook taken"
        if push.tried >= len(_WAITS):
            return f"{push.account}: given up, {problem}"
        again = _Push(push.account, push.scheme, push.secret, push.body, push.tried + 1)
        self._later(again, _WAITS[push.tried])
        return f"{push.account}: {problem}; trying again"

    def _refusal(self, push: _Push) -> str | None:
        """None when the receiver has taken it."""
        headers = push.scheme.sign(push.body, push.secret, self._living.clock())
        request = urllib.request.Request(
            f"{self._living.receiver}/webhooks/{push.account}",
            push.body,
            {"Content-Type": "application/json", **headers},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):
                return None
        except urllib.error.HTTPError as error:
            return f"the receiver answers {error.code}"
        except OSError as error:
            return f"no receiver at {self._living.receiver} ({getattr(error, 'reason', error)})"

    def _later(self, push: _Push, seconds: float) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + seconds, next(self._order), push))
            self._changed.notify()

    def _keep_trying(self) -> None:
        while True:
            with self._changed:
                if self._is_over:
                    return
                due = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if due is None or due > 0:
                    self._changed.wait(due)
                    continue
                push = heapq.heappop(self._waiting)[2]
            self._sent(push)

    def _now_ms(self) -> int:
        return int(self._living.clock().timestamp() * 1000)
