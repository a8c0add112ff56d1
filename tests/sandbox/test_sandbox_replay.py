"""Recordings are served as they were recorded."""

from pathlib import Path

import pytest
from vendor_clients import bullhorn, typeform, xero

from sandbox.limits import Limits
from sandbox.replay import BadRecording, replay_store
from sandbox.server import running


def _record(folder: Path, place: str, *lines: str) -> None:
    path = folder / f"{place}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_numbers_stay_as_they_were_written(tmp_path: Path) -> None:
    _record(tmp_path, "bullhorn/placements", '{"id": 5, "fee": 0.20000, "salary": 1e5}')
    with running(replay_store(tmp_path), limits=Limits.off()) as served:
        text = bullhorn(served)("search/Placement", query="*:*", fields="id,fee,salary").text
    assert '"fee":0.20000' in text
    assert '"salary":1e5' in text


def test_records_without_a_date_are_served_whatever_is_asked(tmp_path: Path) -> None:
    _record(tmp_path, "bullhorn/candidates", '{"id": 5}')
    _record(tmp_path, "xero/invoices", '{"InvoiceID": "a", "Total": 1.10}')
    with running(replay_store(tmp_path), limits=Limits.off()) as served:
        query = "id:[1 TO *] AND dateLastModified:[20260101000000 TO *]"
        candidates = bullhorn(served)("search/Candidate", query=query, fields="id").json()
        invoices = xero(served)("Invoices", since="2026-01-01T00:00:00")
    assert candidates["total"] == 1
    assert '"Total": 1.10' in invoices.text


def test_responses_are_served_under_their_form(tmp_path: Path) -> None:
    _record(tmp_path, "typeform/forms", '{"id": "f1"}', '{"id": "f2"}')
    response = '{"form_id": "f1", "response": {"token": "t", "answers": []}}'
    _record(tmp_path, "typeform/responses", response)
    with running(replay_store(tmp_path), limits=Limits.off()) as served:
        ask = typeform(served)
        counts = [ask(f"forms/{f}/responses").json()["total_items"] for f in ("f1", "f2")]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("path", "entity", "first", "second"),
    [
        ("search/Candidate", "candidates", {"query": "id:[1 TO *]"}, {"query": "id:[6 TO *]"}),
        ("query/CorporateUser", "corporate_users", {"where": "id > 0"}, {"where": "id > 5"}),
    ],
)
def test_bullhorn_records_without_id_come_first_and_on_the_first_page_only(
    tmp_path: Path, path: str, entity: str, first: dict[str, str], second: dict[str, str]
) -> None:
    lines = ['{"id": 9}', '{"id": 5}', '{"email": "a"}', '{"id": null}']
    _record(tmp_path, f"bullhorn/{entity}", *lines)
    with running(replay_store(tmp_path), limits=Limits.off()) as served:
        ask = bullhorn(served)
        pages = [
            [record.get("id") for record in ask(path, fields="id", **narrow).json()["data"]]
            for narrow in (first, second)
        ]
    assert pages == [[None, None, 5, 9], [9]]


def test_records_without_id_are_served_by_the_other_vendors(tmp_path: Path) -> None:
    _record(tmp_path, "xero/invoices", '{"InvoiceID": "a"}', '{"Total": 1}', '{"Total": 2}')
    _record(tmp_path, "typeform/forms", '{"id": "f1"}')
    lines = ['{"token": "t"}', '{"submitted_at": "yesterday"}', '{"token": 7}']
    wrapped = [f'{{"form_id": "f1", "response": {line}}}' for line in lines]
    _record(tmp_path, "typeform/responses", *wrapped)
    with running(replay_store(tmp_path), limits=Limits.off()) as served:
        invoices = xero(served)("Invoices", order="InvoiceID ASC").json()["Invoices"]
        found = typeform(served)("forms/f1/responses", since="2026-01-01T00:00:00Z").json()
    assert invoices == [{"Total": 1}, {"Total": 2}, {"InvoiceID": "a"}]
    # Pages go on from the last token, so it is the last that must have one.
    assert found["items"] == [{"submitted_at": "yesterday"}, {"token": 7}, {"token": "t"}]


def test_every_version_of_a_record_is_served(tmp_path: Path) -> None:
    _record(tmp_path, "bullhorn/leads", '{"id": 5, "status": "a"}', '{"id": 5, "status": "b"}')
    _record(tmp_path, "xero/contacts", '{"ContactID": "c"}', '{"ContactID": "c", "Name": "n"}')
    _record(tmp_path, "typeform/forms", '{"id": "f1", "title": "a"}', '{"id": "f1", "title": "b"}')
    _record(tmp_path, "typeform/responses", '{"token": "t"}', '{"token": "t", "answers": []}')
    store = replay_store(tmp_path)
    with running(store, limits=Limits.off()) as served:
        leads = bullhorn(served)("search/Lead", query="id:[1 TO *]", fields="id,status").json()
        contacts = xero(served)("Contacts").json()["Contacts"]
        ask = typeform(served)
        forms, form = ask("forms").json()["items"], ask("forms/f1").json()
        responses = ask("forms/f1/responses").json()["items"]
    assert sum(store.counts().values()) == 8
    assert [lead["status"] for lead in leads["data"]] == ["b", "a"]
    assert [contact.get("Name") for contact in contacts] == [None, "n"]
    assert [response.get("answers") for response in responses] == [None, []]
    # A form has one address.
    assert [each["title"] for each in forms] == [form["title"]] == ["b"]


@pytest.mark.parametrize("line", ['{"id": 5', "[]", "7"])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    _record(tmp_path, "bullhorn/candidates", '{"id": 5}', line)
    with pytest.raises(BadRecording, match=r"candidates\.jsonl, line 2"):
        replay_store(tmp_path)


def test_more_records_without_id_than_a_page_holds_are_refused(tmp_path: Path) -> None:
    _record(tmp_path, "bullhorn/candidates", '{"id": 5}', *["{}"] * 500)
    with pytest.raises(BadRecording, match="500 records without id"):
        replay_store(tmp_path)


def test_an_empty_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="record something"):
        replay_store(tmp_path)
