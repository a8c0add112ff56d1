"""Xero's protocol, over HTTP."""

import pytest
import requests
from vendor_clients import Ask, xero

from sandbox.agency import Agency
from sandbox.limits import Limits
from sandbox.protocol.xero_lists import wrapped_ms
from sandbox.server import Sandbox, running
from sandbox.store import Store

LISTS = ("Contacts", "Invoices", "CreditNotes", "Payments", "BankTransactions")


@pytest.fixture(scope="module")
def ask(server: Sandbox) -> Ask:
    return xero(server)


def test_a_wrong_secret_buys_no_token(server: Sandbox) -> None:
    answer = requests.post(f"{server.base_url}/xero/connect/token", auth=("x", "y"))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_the_tenant_header_is_required(server: Sandbox) -> None:
    known = server.credentials
    granted = requests.post(
        f"{server.base_url}/xero/connect/token",
        data={"grant_type": "client_credentials"},
        auth=(known.xero_client_id, known.xero_client_secret),
    ).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}
    connected = requests.get(f"{server.base_url}/xero/connections", headers=bearer).json()
    refused = requests.get(f"{server.base_url}/xero/api.xro/2.0/Accounts", headers=bearer)
    assert [one["tenantId"] for one in connected] == [known.xero_tenant_id]
    assert refused.status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_pages_add_up_to_the_count(ask: Ask, name: str) -> None:
    first = ask(name, page=1).json()
    pages = [ask(name, page=number).json() for number in range(1, 30)]
    items = [item for page in pages for item in page[name]]
    assert first["pagination"]["pageSize"] == 100
    assert len(items) == first["pagination"]["itemCount"]


def test_accounts_come_in_one_piece(ask: Ask) -> None:
    answer = ask("Accounts").json()
    assert "pagination" not in answer
    assert {account["Code"] for account in answer["Accounts"]} >= {"200", "310", "412", "499"}


def test_a_page_behind_the_last_is_empty(ask: Ask) -> None:
    assert ask("Invoices", page=999).json()["Invoices"] == []


def test_modified_since_gives_what_changed(ask: Ask) -> None:
    answer = ask("Invoices", since="2026-10-01T00:00:00", pageSize=1000).json()
    changed = [wrapped_ms(item["UpdatedDateUTC"]) for item in answer["Invoices"]]
    assert changed
    assert all(ms is not None and ms >= 1790812800000 for ms in changed)


def test_order_and_where_are_understood(ask: Ask) -> None:
    items = ask("Invoices", order="InvoiceID DESC", where='Type=="ACCPAY"').json()["Invoices"]
    ids = [item["InvoiceID"] for item in items]
    assert ids == sorted(ids, reverse=True)
    assert {item["Type"] for item in items} == {"ACCPAY"}


def test_expired_tokens_are_unauthorised(own_server: Sandbox) -> None:
    ask = xero(own_server)
    own_server.xero.expire()
    assert ask("Invoices").status_code == 401


def test_the_minute_limit_says_how_long_to_wait(agency: Agency) -> None:
    with running(Store(agency.records), limits=Limits(xero_per_minute=2)) as limited:
        ask = xero(limited)
        answers = [ask("Accounts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61
    assert answers[2].headers["X-Rate-Limit-Problem"] == "minute"
    assert answers[1].headers["X-MinLimit-Remaining"] == "0"
