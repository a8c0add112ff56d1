"""A source that fails: a clear message, nothing visible in landing, and nothing lost."""

from collections.abc import Callable
from typing import Any

import pytest

from ingestion.errors import SourceError
from ingestion.pull import Account, Pulled
from sandbox.faults import Fault, replaced, without
from sandbox.server import Sandbox

Accounts = Callable[..., Account]
Pulling = Callable[..., dict[str, Pulled]]
Landed = Callable[[str], list[tuple[Any, ...]]]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("bullhorn", {"password": "wrong"}),
        ("bullhorn", {"client_secret": "wrong"}),
        ("typeform", {"token": "wrong"}),
        ("xero", {"client_secret": "wrong"}),
        ("xero", {"organisation": "wrong"}),
    ],
)
def test_wrong_credentials_say_which_account_and_what_to_check(
    account: Accounts, pulling: Pulling, name: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(SourceError, match=rf"{name}\..*[Cc]heck") as raised:
        pulling(account(name, **wrong))
    assert "wrong" not in str(raised.value).replace("wrong credentials", "")


FAULTS = {
    "down": (Fault("xero", "Invoices", "close", times=None), "no answer|not the JSON"),
    "500": (Fault("xero", "Invoices", "status", times=None, status=500), "answered 500"),
    "429": (Fault("xero", "Invoices", "rate_limited", times=None, retry_after=0), "answered 429"),
    "429 for hours": (
        Fault("xero", "Invoices", "rate_limited", times=None, retry_after=7200),
        "asks to wait 7200 s",
    ),
    "html": (Fault("xero", "Invoices", "html", times=None), "not the JSON"),
    "truncated": (Fault("xero", "Invoices", "truncated", times=None), "not the JSON|no answer"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_failing_vendor_names_itself_and_leaves_no_trace(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, landed: Landed, kind: str
) -> None:
    fault, says = FAULTS[kind]
    fault.seen = 0
    sandbox.faults.add(fault)
    with pytest.raises(SourceError, match=rf"xero\.invoices: .*({says})"):
        pulling(account("xero"), "contacts", "invoices")
    assert fault.seen > 0
    assert landed("contacts") == landed("invoices") == []

    sandbox.faults.clear()
    recovered = pulling(account("xero"), "contacts", "invoices")
    counts = sandbox.store.counts()
    assert {entity: len(landed(entity)) for entity in recovered} == {
        entity: counts["xero", entity] for entity in recovered
    }


def test_an_unreachable_vendor_is_told_as_such(account: Accounts, pulling: Pulling) -> None:
    with pytest.raises(SourceError, match=r"typeform\.forms: no answer .* 2 tries"):
        pulling(account("typeform", url="http://127.0.0.1:9"))


@pytest.mark.parametrize("kind", ["status", "rate_limited", "close"])
def test_a_passing_trouble_is_retried(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, kind: Any
) -> None:
    sandbox.faults.add(Fault("xero", "Invoices", kind, times=1, retry_after=0))
    pulled = pulling(account("xero"), "invoices")["invoices"]
    assert pulled.landed == sandbox.store.counts()["xero", "invoices"]


@pytest.mark.parametrize(
    ("mutation", "reason"),
    [
        (without("id"), "missing required field `id`"),
        (replaced("id", "seven"), "Expected `int`, got `str` - at `$.id`"),
        (replaced("dateLastModified", "yesterday"), "at `$.dateLastModified`"),
    ],
)
def test_a_record_without_usable_id_or_version_is_kept_with_its_reason(
    sandbox: Sandbox,
    account: Accounts,
    pulling: Pulling,
    landed: Landed,
    mutation: Any,
    reason: str,
) -> None:
    sandbox.faults.add(Fault("bullhorn", "search/Lead", "mutate", item=1, mutation=mutation))
    pulled = pulling(account("bullhorn"), "leads")["leads"]
    assert (pulled.rejected, pulled.landed) == (1, pulled.delivered - 1)
    (reject,) = landed("rejects")
    assert reject[3]  # the payload, verbatim


def test_a_reject_comes_again_when_it_is_repaired(
    sandbox: Sandbox, account: Accounts, pulling: Pulling, landed: Landed
) -> None:
    bad = replaced("dateLastModified", "yesterday")
    sandbox.faults.add(Fault("bullhorn", "search/Lead", "mutate", item=0, mutation=bad))
    pulling(account("bullhorn"), "leads")
    (reject,) = landed("rejects")
    record = sandbox.store.get("bullhorn", "leads", int(reject[0]))
    sandbox.store.upsert("bullhorn", "leads", {**record, "dateLastModified": 1795000000000})
    assert pulling(account("bullhorn"), "leads")["leads"].landed == 1


def test_an_instant_out_of_range_is_a_reject_and_not_a_crash(
    sandbox: Sandbox, account: Accounts, pulling: Pulling
) -> None:
    bad = replaced("dateLastModified", 10**18)
    sandbox.faults.add(Fault("bullhorn", "search/Lead", "mutate", item=0, mutation=bad))
    assert pulling(account("bullhorn"), "leads")["leads"].rejected == 1
