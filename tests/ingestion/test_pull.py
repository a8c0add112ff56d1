"""Pulling over real HTTP: everything once, only what is new afterwards, verbatim."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from ingestion.pull import Account, Pulled
from sandbox.server import Sandbox

Accounts = Callable[..., Account]
Pulling = Callable[..., dict[str, Pulled]]
Landed = Callable[[str], list[tuple[Any, ...]]]


def test_every_record_of_every_entity_lands_once(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, landed: Landed
) -> None:
    for name in ("bullhorn", "typeform", "xero"):
        pulling(account(name))
    counts = sandbox.store.counts()
    assert {entity: len(landed(entity)) for _, entity in counts} == {
        entity: count for (_, entity), count in counts.items()
    }


def test_a_second_pull_lands_nothing(account: Accounts, pulling: Pulling) -> None:
    for name in ("bullhorn", "typeform", "xero"):
        pulling(account(name))
        again = pulling(account(name))
        assert {entity: count.landed for entity, count in again.items() if count.landed} == {}


def test_a_changed_record_lands_as_a_second_version(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, landed: Landed
) -> None:
    pulling(account("bullhorn"), "job_orders")
    record = json.loads(landed("job_orders")[0][3])
    record.pop("_score", None)
    record |= {"title": "Changed", "dateLastModified": 1795000000000}
    sandbox.store.upsert("bullhorn", "job_orders", record)
    assert pulling(account("bullhorn"), "job_orders")["job_orders"].landed == 1
    versions = [row[1] for row in landed("job_orders") if row[0] == str(record["id"])]
    assert len(versions) == 2


def test_the_payload_is_the_vendors_own_bytes_and_its_hash_proves_it(
    account: Accounts, pulling: Pulling, landed: Landed
) -> None:
    pulling(account("xero"), "invoices")
    for *_, payload, digest in landed("invoices"):
        assert hashlib.sha256(payload.encode()).hexdigest() == digest


def test_merges_deletions_and_anonymisations_are_told_by_the_envelope(
    account: Accounts, pulling: Pulling, landed: Landed
) -> None:
    pulling(account("bullhorn"), "candidates")
    operations = {row[2] for row in landed("candidates")}
    assert {"upsert", "merge", "anonymise"} <= operations


def test_an_expired_session_is_renewed_in_mid_pull(
    sandbox: Sandbox, account: Accounts, pulling: Pulling
) -> None:
    configured = account("bullhorn")
    pulling(configured, "corporate_users")
    sandbox.bullhorn.expire()
    sandbox.xero.expire()
    assert pulling(configured, "candidates")["candidates"].landed > 0
    assert pulling(account("xero"), "contacts")["contacts"].landed > 0


def test_the_refresh_token_is_kept_for_the_owner_only(
    account: Accounts, pulling: Pulling, tmp_path: Any
) -> None:
    pulling(account("bullhorn"), "corporate_users")
    (kept,) = (tmp_path / "home" / "tokens").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
