"""Typeform's protocol, over HTTP."""

import pytest
from vendor_clients import Ask, typeform

from sandbox.agency import Agency
from sandbox.limits import Limits
from sandbox.server import Sandbox, running
from sandbox.store import Store


@pytest.fixture(scope="module")
def ask(server: Sandbox) -> Ask:
    return typeform(server)


def test_forms_are_listed_without_fields_and_shown_with_them(ask: Ask) -> None:
    listed = ask("forms", page_size=200).json()
    shown = ask(f"forms/{listed['items'][0]['id']}").json()
    assert ("fields" in listed["items"][0], "fields" in shown) == (False, True)
    assert listed["total_items"] == len(listed["items"])


def test_newest_responses_come_first(ask: Ask) -> None:
    items = ask("forms/rejection/responses", page_size=50).json()["items"]
    submitted = [item["submitted_at"] for item in items]
    assert submitted == sorted(submitted, reverse=True)


def test_before_walks_to_the_oldest(ask: Ask) -> None:
    seen: list[str] = []
    while True:
        token = {"before": seen[-1]} if seen else {}
        page = ask("forms/rejection/responses", page_size=40, **token).json()
        if not page["items"]:
            break
        seen += [item["token"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == page["total_items"]


def test_after_gives_what_came_later(ask: Ask) -> None:
    newest = ask("forms/rejection/responses", page_size=3).json()["items"]
    later = ask("forms/rejection/responses", after=newest[2]["token"]).json()["items"]
    assert [item["token"] for item in later] == [newest[1]["token"], newest[0]["token"]]


def test_since_includes_its_second(ask: Ask) -> None:
    newest = ask("forms/rejection/responses", page_size=1).json()["items"][0]
    again = ask("forms/rejection/responses", since=newest["submitted_at"]).json()["items"]
    assert [item["token"] for item in again] == [newest["token"]]


def test_sort_and_token_exclude_each_other(ask: Ask) -> None:
    answer = ask("forms/rejection/responses", before="x", sort="submitted_at,asc")
    assert answer.status_code == 400


def test_an_unknown_form_is_not_found(ask: Ask) -> None:
    answer = ask("forms/nowhere/responses")
    assert (answer.status_code, set(answer.json())) == (404, {"code", "description"})


def test_a_wrong_token_is_refused(server: Sandbox) -> None:
    import requests

    answer = requests.get(f"{server.base_url}/typeform/forms")
    assert (answer.status_code, set(answer.json())) == (403, {"code", "description"})


def test_the_third_request_of_a_second_is_too_many(agency: Agency) -> None:
    with running(Store(agency.records), limits=Limits()) as limited:
        ask = typeform(limited)
        assert [ask("forms").status_code for _ in range(3)] == [200, 200, 429]
