"""``vouch sandbox`` as a user starts it: the printed address answers for every vendor."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse

import pytest
from vendor_clients import Known, bullhorn, typeform, xero

from tests.conftest import VOUCH

Start = Callable[[Path], subprocess.Popen[str]]


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Start:
    """Starts the command over a folder of recordings, on a free port."""

    def started(recordings: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [VOUCH, "sandbox", "--port", "0", "--replay", str(recordings)],
            cwd=recordings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        request.addfinalizer(process.kill)
        return process

    return started


def test_recordings_are_served_until_the_command_is_ended(start: Start, tmp_path: Path) -> None:
    for place, line in {
        "bullhorn/candidates": '{"id": 5}',
        "typeform/forms": '{"id": "f1"}',
        "xero/accounts": '{"AccountID": "a"}',
    }.items():
        path = tmp_path / f"{place}.jsonl"
        path.parent.mkdir()
        path.write_text(line + "\n", encoding="utf-8")
    process = start(tmp_path)
    assert process.stdout is not None
    told = process.stdout.readline().strip()
    assert told.startswith("serving 3 records at http://127.0.0.1:"), process.communicate()
    url = told.rsplit(" ", 1)[1]
    assert urlparse(url).port

    served = Known(url)
    candidates = bullhorn(served)("search/Candidate", query="id:[1 TO *]", fields="id")
    assert candidates.json()["data"] == [{"id": 5, "_score": 1.0}]
    assert [form["id"] for form in typeform(served)("forms").json()["items"]] == ["f1"]
    assert xero(served)("Accounts").json()["Accounts"] == [{"AccountID": "a"}]

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_a_folder_without_recordings_is_told_in_a_line(start: Start, tmp_path: Path) -> None:
    _, told = start(tmp_path).communicate(timeout=60)
    assert told.startswith("sandbox: no <vendor>/<entity>.jsonl in ")
    assert "Traceback" not in told
