"""Bullhorn's protocol, over HTTP."""

import pytest
import requests
from vendor_clients import Ask, authorised, bullhorn, tokens

from sandbox.server import Sandbox


@pytest.fixture(scope="module")
def ask(server: Sandbox) -> Ask:
    return bullhorn(server)


def test_login_info_names_both_hosts(server: Sandbox) -> None:
    info = requests.get(f"{server.base_url}/bullhorn/rest-services/loginInfo?username=x").json()
    assert {"oauthUrl", "restUrl"} <= set(info)


def test_a_wrong_password_shows_the_login_page_again(server: Sandbox) -> None:
    answer = authorised(server, password="wrong")
    assert (answer.status_code, "Location" in answer.headers) == (200, False)


def test_a_code_works_once(server: Sandbox) -> None:
    code = authorised(server).headers["Location"].split("code=")[1].split("&")[0]
    answers = [tokens(server, grant_type="authorization_code", code=code) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["error"] == "invalid_grant"


def test_a_refresh_token_works_once_and_is_replaced(server: Sandbox) -> None:
    code = authorised(server).headers["Location"].split("code=")[1].split("&")[0]
    first = tokens(server, grant_type="authorization_code", code=code).json()["refresh_token"]
    second = tokens(server, grant_type="refresh_token", refresh_token=first)
    again = tokens(server, grant_type="refresh_token", refresh_token=first)
    assert second.json()["refresh_token"] != first
    assert again.status_code == 400


def test_without_a_token_412_and_with_a_dead_one_401(server: Sandbox) -> None:
    url = f"{server.base_url}/bullhorn/rest-services/e999/search/Candidate"
    dead = requests.get(url, headers={"BhRestToken": "dead"})
    assert (requests.get(url).status_code, dead.status_code) == (412, 401)
    assert dead.json()["errorMessageKey"] == "errors.authentication.invalidRestToken"


def test_sessions_expire(own_server: Sandbox) -> None:
    ask = bullhorn(own_server)
    own_server.bullhorn.expire()
    assert ask("search/Candidate", query="*:*", fields="id").status_code == 401


def test_fields_are_mandatory(ask: Ask) -> None:
    answer = ask("search/Candidate", query="isDeleted:false")
    assert answer.status_code == 400
    assert set(answer.json()) == {"errorMessage", "errorMessageKey", "errorCode"}


def test_only_the_fields_asked_for_come_back(ask: Ask) -> None:
    row = ask("search/Candidate", query="*:*", fields="id,owner(id)", count=1).json()["data"][0]
    assert set(row) == {"id", "owner", "_score"}
    assert set(row["owner"]) == {"id"}


def test_search_has_a_total_and_query_has_none(ask: Ask) -> None:
    searched = ask("search/Placement", query="*:*", fields="id").json()
    queried = ask("query/JobSubmission", where="id > 0", fields="id").json()
    assert "total" in searched
    assert "total" not in queried


def test_a_page_is_twenty_by_default_and_five_hundred_at_most(ask: Ask) -> None:
    usual = ask("search/Candidate", query="*:*", fields="id").json()
    largest = ask("search/Candidate", query="*:*", fields="id", count=9000).json()
    assert (usual["count"], largest["count"]) == (20, 500)


def test_paging_by_id_reaches_every_record_once(ask: Ask, server: Sandbox) -> None:
    seen: list[int] = []
    while True:
        last = seen[-1] if seen else 0
        page = ask(
            "query/JobSubmissionHistory",
            where=f"id > {last} AND dateAdded >= 0",
            fields="id",
            orderBy="id",
            count=500,
        ).json()["data"]
        if not page:
            break
        seen += [row["id"] for row in page]
    assert seen == server.store.shelf("bullhorn", "job_submission_history").column("id")


@pytest.mark.parametrize("bound", ["1767225600000", "20260101000000"])
def test_lucene_reads_both_ways_to_write_a_time(ask: Ask, server: Sandbox, bound: str) -> None:
    found = ask("search/Candidate", query=f"dateLastModified:[{bound} TO *]", fields="id").json()
    modified = server.store.shelf("bullhorn", "candidates").column("dateLastModified")
    assert found["total"] == sum(ms >= 1767225600000 for ms in modified)


def test_soft_deleted_records_are_found_by_their_flag(ask: Ask) -> None:
    deleted = ask("search/Candidate", query="isDeleted:1 AND id:[1 TO *]", fields="id,isDeleted")
    data = deleted.json()["data"]
    assert data
    assert all(row["isDeleted"] for row in data)


@pytest.mark.parametrize("query", ["id:[5 TO", "isDeleted:false OR id:5", "name"])
def test_what_the_sandbox_cannot_filter_it_refuses(ask: Ask, query: str) -> None:
    assert ask("search/Candidate", query=query, fields="id").status_code == 400


def test_an_unknown_entity_is_refused(ask: Ask) -> None:
    assert ask("search/Unicorn", query="*:*", fields="id").status_code == 400
