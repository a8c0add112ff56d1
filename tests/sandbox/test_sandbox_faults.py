"""Ordered faults strike as often as ordered, and new things can happen."""

import pytest
import requests
from vendor_clients import bullhorn, typeform, xero

from sandbox.faults import Fault, replaced, without
from sandbox.server import Sandbox


def test_a_status_strikes_so_many_times(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("typeform", "forms", "status", times=2, status=500))
    ask = typeform(own_server)
    assert [ask("forms").status_code for _ in range(3)] == [500, 500, 200]


def test_a_fault_may_spare_the_first_requests(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("typeform", "forms", "status", skip=1))
    ask = typeform(own_server)
    assert [ask("forms").status_code for _ in range(3)] == [200, 500, 200]


def test_429_says_how_long_to_wait(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("xero", "Invoices", "rate_limited", retry_after=7))
    answer = xero(own_server)("Invoices")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_a_spoilt_body_is_no_json(own_server: Sandbox, kind: str) -> None:
    own_server.faults.add(Fault("xero", "Invoices", kind))  # type: ignore[arg-type]
    answer = xero(own_server)("Invoices")
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_closed_connection_breaks_the_body(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("xero", "Invoices", "close"))
    with pytest.raises(requests.exceptions.RequestException):
        xero(own_server)("Invoices")


def test_one_record_can_lose_its_id(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("bullhorn", "Candidate", "mutate", item=1, mutation=without("id")))
    data = bullhorn(own_server)("search/Candidate", query="*:*", fields="id").json()["data"]
    assert ["id" in row for row in data[:3]] == [True, False, True]


def test_one_amount_can_become_nonsense(own_server: Sandbox) -> None:
    own_server.faults.add(Fault("xero", "Invoices", "mutate", mutation=replaced("Total", "abc")))
    assert xero(own_server)("Invoices").json()["Invoices"][0]["Total"] == "abc"


def test_a_changed_record_is_served_changed(own_server: Sandbox) -> None:
    ask = bullhorn(own_server)
    row = own_server.store["bullhorn", "candidates"][0]
    own_server.store.upsert("bullhorn", "candidates", row | {"status": "On holiday"})
    served = ask("search/Candidate", query=f"id:{row['id']}", fields="id,status").json()
    assert served["data"][0]["status"] == "On holiday"


def test_a_removed_record_leaves_no_trace(own_server: Sandbox) -> None:
    ask = bullhorn(own_server)
    row = own_server.store["bullhorn", "placements"][0]
    own_server.store.remove("bullhorn", "placements", row["id"])
    served = ask("search/Placement", query=f"id:{row['id']}", fields="id").json()
    assert (served["total"], served["data"]) == (0, [])


def test_requests_are_remembered(own_server: Sandbox) -> None:
    typeform(own_server)("forms")
    assert own_server.injection.requests[-1] == ("GET", "/typeform/forms", 200)
