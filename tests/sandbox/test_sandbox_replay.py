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


def test_a_line_without_id_is_named(tmp_path: Path) -> None:
    _record(tmp_path, "bullhorn/candidates", '{"id": 5}', "{}")
    with pytest.raises(BadRecording, match=r"candidates\.jsonl, line 2"):
        replay_store(tmp_path)


def test_an_empty_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="record something"):
        replay_store(tmp_path)
