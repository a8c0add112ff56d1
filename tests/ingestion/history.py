"""One history of an agency, delivered in any way: pushed, polled, pulled, twice, late, never."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from events import Receiving

from ingestion.backlog import consumer
from ingestion.feed import poll
from ingestion.landing import landed_files
from ingestion.pull import Account, pull
from orchestration import settings
from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.live import Announcer, Happened, Happenings, Living
from sandbox.server import Sandbox, running
from sandbox.store import Store
from tests.conftest import unpaced_config

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
HAPPENINGS = (
    *("answer", "referral", "placement", "invoice_paid"),
    *("deletion", "merge", "anonymisation"),
)
ACCOUNTS = ("bullhorn", "typeform", "xero")
AGENCY = AgencyPlan(scale="tiny")


class History:
    """An agency that lives on, its webhooks in flight, and a home that takes what is delivered."""

    def __init__(self, home: Path, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._now = START
        going_on = Living(clock=lambda: self._now)
        self._happenings = Happenings(sandbox.store, 7, going_on.clock)
        self._announcer = Announcer(sandbox.store, sandbox.subscriptions, going_on)
        found = settings.load(
            {
                "VOUCH_HOME": str(home),
                "VOUCH_CONFIG": str(unpaced_config(home.parent)),
                "VOUCH_SANDBOX_URL": sandbox.base_url,
            }
        )
        self.accounts = {account.name: account for account in found.accounts}
        self.receiving = Receiving(home)
        self.in_flight: list[tuple[Account, bytes]] = []
        self.deleted: set[str] = set()
        # From here on Bullhorn keeps events for us.
        self.poll()

    def close(self) -> None:
        """Nothing more will happen or arrive."""
        self._announcer.close()
        self.receiving.inbox.close()

    def happen(self, kind: str) -> Happened:
        """Something happens, a minute after the last; who pushes, pushes."""
        self._now += timedelta(minutes=1)
        happened: Happened = getattr(self._happenings, kind)()
        self._announcer.announce(x for x in happened.changes if x.vendor == "bullhorn")
        for sent in self._announcer.bodies(happened.changes):
            self.in_flight.append((self.accounts[sent.account], sent.body))
        self.deleted |= {str(x.record_id) for x in happened.changes if x.kind == "DELETED"}
        return happened

    def deliver(self, number: int) -> None:
        """One of the webhooks sent so far arrives, perhaps not for the first time."""
        if self.in_flight:
            account, body = self.in_flight[number % len(self.in_flight)]
            self.receiving.receive(account, body)

    def poll(self) -> None:
        """Bullhorn's queue is read into the inbox."""
        poll(self.accounts["bullhorn"], self.receiving.inbox, self._now)

    def drain(self, name: str) -> None:
        """What an account's events said is landed."""
        self.receiving.drained(self.accounts[name])

    def pull(self, name: str) -> None:
        """The account is asked for what is new."""
        account = self.accounts[name]
        wanted = {entity.name for entity in account.vendor.entities}
        pull(account, self.receiving.home, self._now, wanted)

    def replay(self, name: str) -> None:
        """An account's events are landed from the beginning again."""
        self.receiving.inbox.advance(consumer(name), 0)
        self.drain(name)

    def deliver_all(self, dice: Random) -> None:
        """All webhooks arrive, in another order, and everything is landed."""
        order = list(range(len(self.in_flight)))
        dice.shuffle(order)
        for number in order:
            self.deliver(number)
        self.poll()
        for name in ACCOUNTS:
            self.drain(name)

    def newest(self) -> dict[tuple[str, str], Any]:
        """By entity and id: operation, version and what models read, of the newest version."""
        found = {}
        files = landed_files(self.receiving.home / "landing")
        for entity in {file.entity for file in files}:
            paths = [str(file.path) for file in files if file.entity == entity]
            rows = duckdb.execute(_NEWEST, {"paths": paths}).fetchall()
            for record_id, op, version, payload in rows:
                what = None if op == "delete" else _read(json.loads(payload))
                found[entity, record_id] = (op, version, what)
        return found

    def truth(self) -> dict[tuple[str, str], Any]:
        """What the vendors themselves would say now of every record, and what they deleted."""
        found: dict[tuple[str, str], Any] = {}
        for account in self.accounts.values():
            client = account.vendor.connect(account.settings, account.http)
            for entity in account.vendor.entities:
                for page in entity.pages(client, None):
                    for payload in page:
                        known = entity.identify(payload)
                        what = None if known.op == "delete" else _read(json.loads(payload))
                        found[entity.name, known.record_id] = (known.op, known.version, what)
        return found


# The order of newest_landed.
_NEWEST = """
    select record_id, op, version, payload from read_parquet($paths)
    qualify row_number() over (
        partition by tenant_id, source, record_id
        order by version desc nulls last, case when op = 'upsert' then 1 else 0 end,
        payload_sha256 desc, op, received_at
    ) = 1
"""


def _read(payload: dict[str, Any]) -> dict[str, Any]:
    """Without what differs between the ways: the search's score, Typeform's extras."""
    if "response" in payload:
        response = payload["response"]
        kept = ("token", "submitted_at", "landed_at", "hidden", "answers")
        return {"form_id": payload["form_id"], **{name: response.get(name) for name in kept}}
    return {name: value for name, value in payload.items() if name != "_score"}


def pulled_once(folder: Path) -> tuple[Path, Callable[[], Store]]:
    """A home after its first pull, and the store it was pulled from, as often as wanted."""
    raws = {
        place: list(map(bytes, _encoded(rows))) for place, rows in generate(AGENCY).records.items()
    }

    def store() -> Store:
        return Store(raws)

    with running(store(), limits=Limits.off()) as sandbox:
        history = History(folder / "home", sandbox)
        for name in ACCOUNTS:
            history.pull(name)
        history.close()
    # The subscription of that sandbox is no other's.
    for path in (folder / "home").glob("inbox.sqlite*"):
        path.unlink()
    shutil.rmtree(folder / "home" / "tokens")
    return folder / "home", store


@contextmanager
def history_in(folder: Path, beginning: tuple[Path, Callable[[], Store]]) -> Iterator[History]:
    """A history that goes on from the first pull, in a copy of its home."""
    home, store = beginning
    shutil.copytree(home, folder / "home")
    with running(store(), limits=Limits.off()) as sandbox:
        history = History(folder / "home", sandbox)
        try:
            yield history
        finally:
            history.close()


def _encoded(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    return (json.dumps(row, separators=(",", ":")).encode() for row in rows)
