"""A record that cannot be used is refused once: known by its id, or else by its bytes."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ingestion.pull import Account, Pulled
from sandbox.faults import Fault, Mutation, replaced
from sandbox.server import Sandbox

Accounts = Callable[..., Account]
Pulling = Callable[..., dict[str, Pulled]]

NAMELESS = b'{"email":"a@mail.example"}'
UNUSABLE = [
    ("bullhorn", "leads", NAMELESS),
    ("bullhorn", "leads", b'{"id":5,"dateLastModified":"yesterday"}'),
    ("bullhorn", "corporate_users", NAMELESS),
    ("typeform", "responses", b'{"form_id":"rejection","response":{"answers":[]}}'),
    ("xero", "accounts", b'{"Code":"200"}'),
    ("xero", "invoices", b'{"Total":1.10}'),
]


def _rejects(home: Path, vendor: str = "*") -> list[tuple[str, str, str]]:
    """(record_id, reject_reason, payload_sha256) of what was refused, by reason."""
    files = str(home / "landing" / vendor / "rejects" / "*.parquet")
    return duckdb.execute(
        "select record_id, reject_reason, payload_sha256 from read_parquet($files) order by 2",
        {"files": files},
    ).fetchall()


def _pull_all(account: Accounts, pulling: Pulling) -> int:
    """How many records a pull of every vendor refused."""
    vendors = ("bullhorn", "typeform", "xero")
    return sum(each.rejected for name in vendors for each in pulling(account(name)).values())


def test_a_second_pull_of_the_same_data_refuses_nothing_anew(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, tmp_path: Path
) -> None:
    for vendor, entity, payload in UNUSABLE:
        sandbox.store.append(vendor, entity, payload)
    assert _pull_all(account, pulling) == len(UNUSABLE)
    refused = _rejects(tmp_path / "home")
    assert len(refused) == len(UNUSABLE)
    assert _pull_all(account, pulling) == 0
    assert _rejects(tmp_path / "home") == refused


def test_a_record_without_id_is_known_by_its_bytes_and_its_reason_says_where_it_was(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, tmp_path: Path
) -> None:
    sandbox.store.append("xero", "accounts", b'{"Code":"200"}')
    pulling(account("xero"), "accounts")
    ((record_id, reason, digest),) = _rejects(tmp_path / "home")
    assert digest == hashlib.sha256(b'{"Code":"200"}').hexdigest()
    assert record_id == f"sha256:{digest[:16]}"
    assert reason == "Object missing required field `AccountID` (page 1, item 1)"


def test_a_record_without_id_is_the_same_at_another_place_of_the_page(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, tmp_path: Path
) -> None:
    sandbox.store.append("bullhorn", "leads", NAMELESS)
    assert pulling(account("bullhorn"), "leads")["leads"].rejected == 1
    # Comes before it from now on, and another behind it.
    sandbox.store.upsert("bullhorn", "leads", {"id": "new"})
    sandbox.store.append("bullhorn", "leads", b'{"email":"b@mail.example"}')
    assert pulling(account("bullhorn"), "leads")["leads"].rejected == 2
    refused = _rejects(tmp_path / "home")
    assert [reason.rpartition(" (")[2] for _, reason, _ in refused if "missing" in reason] == [
        "page 1, item 1)",
        "page 1, item 3)",
    ]
    assert "new" in {record_id for record_id, _, _ in refused}
    assert len({record_id for record_id, _, _ in refused}) == len(refused) == 3


def test_equal_records_without_id_are_refused_once(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, tmp_path: Path
) -> None:
    for _ in range(2):
        sandbox.store.append("bullhorn", "leads", NAMELESS)
    pulled = pulling(account("bullhorn"), "leads")["leads"]
    assert pulled.delivered == sandbox.store.counts()["bullhorn", "leads"]
    assert len(_rejects(tmp_path / "home")) == pulled.rejected == 1


def test_records_without_id_hide_no_other_however_many_pages_there_are(
    sandbox: Sandbox, account: Accounts, pulling: Pulling
) -> None:
    for number in range(1_200):
        sandbox.store.append("bullhorn", "leads", b'{"id":%d}' % (1_000_000 + number))
    for number in range(499):
        sandbox.store.append("bullhorn", "leads", b'{"email":"%d@mail.example"}' % number)
    pulled = pulling(account("bullhorn"), "leads")["leads"]
    assert pulled.delivered == sandbox.store.counts()["bullhorn", "leads"]
    assert (pulled.rejected, pulled.landed) == (499, pulled.delivered - 499)


@pytest.mark.parametrize(
    ("name", "entity", "path", "bad"),
    [
        ("xero", "invoices", "Invoices", replaced("UpdatedDateUTC", "yesterday")),
        ("typeform", "responses", "/responses", replaced("submitted_at", "yesterday")),
    ],
)
def test_a_reject_keeps_the_id_that_its_repair_will_have(
    sandbox: Sandbox,
    account: Accounts,
    pulling: Pulling,
    tmp_path: Path,
    name: str,
    entity: str,
    path: str,
    bad: Mutation,
) -> None:
    sandbox.faults.add(Fault(name, path, "mutate", mutation=bad))
    pulling(account(name), entity)
    ((record_id, *_),) = _rejects(tmp_path / "home")
    assert not record_id.startswith("sha256:")
