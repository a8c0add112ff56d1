"""What an operator sees of the inbox, and what becomes of what is offered or landed again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ingestion.backlog import consumer
from ingestion.inbox import Event, Inbox
from orchestration import home as homes
from orchestration import waiting
from orchestration.cli import app
from orchestration.settings import REPOSITORY
from tests.conftest import Vouch

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ANSWER = b'{"event_id": "e%d", "event_type": "form_response", "form_response": {}}'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that the settings name."""
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path))
    monkeypatch.setenv("VOUCH_CONFIG", str(REPOSITORY / "vouch.toml"))
    return tmp_path


@pytest.fixture
def inbox(home: Path) -> Iterator[Inbox]:
    """Four events, all landed, and four deliveries that were put aside."""
    found = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")
    sources = ("typeform", "xero", "typeform", "typeform")
    found.append(
        [
            Event(source, f"e{n}", NOON + timedelta(hours=n), ANSWER % n)
            for n, source in enumerate(sources)
        ]
    )
    for source in ("typeform", "xero"):
        found.advance(consumer(source), 4)
    found.advance(waiting.RUNS, 4)
    found.quarantine("typeform", None, NOON, ANSWER % 7, "key_failed")
    found.quarantine("typeform", None, NOON, b"{", "json_invalid")
    found.quarantine("xero", "e1", NOON, b"{}", "record unknown: invoices 5")
    found.quarantine("gone", None, NOON, b"{}", "key_failed")
    yield found
    found.close()


def vouch(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["inbox", *arguments])


def told(*arguments: str) -> Any:
    done = vouch(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_list_says_what_waits_and_what_was_put_aside_and_no_body(
    home: Path, inbox: Inbox
) -> None:
    inbox.advance(consumer("typeform"), 1)
    found = told("list")
    assert found["sources"] == [
        {"source": "bullhorn", "position": 0, "waiting": 0},
        {"source": "typeform", "position": 1, "waiting": 2},
        {"source": "xero", "position": 4, "waiting": 0},
    ]
    assert [(each["number"], each["source"], each["reason"]) for each in found["put_aside"]] == [
        (1, "typeform", "key_failed"),
        (2, "typeform", "json_invalid"),
        (3, "xero", "record unknown: invoices 5"),
        (4, "gone", "key_failed"),
    ]
    assert [each["number"] for each in told("list", "--source", "xero")["put_aside"]] == [3]
    assert [each["number"] for each in told("list", "--reason", "key")["put_aside"]] == [1, 4]
    assert "form_response" not in vouch("list").output
    assert vouch("show", "1").stdout_bytes == ANSWER % 7


def test_what_is_mended_becomes_an_event_and_what_is_not_stays(home: Path, inbox: Inbox) -> None:
    outcomes = {each["number"]: (each["outcome"], each["reason"]) for each in told("retry", "1")}
    assert outcomes == {1: ("offered", "")}
    assert told("retry", "2", "4") == [
        {"number": 2, "source": "typeform", "outcome": "kept", "reason": "json_invalid"},
        {"number": 4, "source": "gone", "outcome": "kept", "reason": "unknown source"},
    ]
    (offered,) = inbox.after(4)
    assert (offered.event.key, offered.event.received_at) == ("e7", NOON)
    assert [each.number for each in inbox.quarantined()] == [2, 3, 4]
    # Whoever starts runs sees a new event.
    arrived = waiting.events(inbox)
    assert arrived is not None and arrived.trigger == "inbox 5-5: typeform 1"


def test_what_landing_put_aside_gets_a_key_of_its_own_however_often(
    home: Path, inbox: Inbox
) -> None:
    assert [each["outcome"] for each in told("retry", "--reason", "record unknown")] == ["offered"]
    (again,) = inbox.after(4)
    assert again.event.key == "e1~retry3"
    inbox.quarantine("xero", again.event.key, NOON, b"{}", "record unknown: invoices 5")
    assert [each["outcome"] for each in told("retry", "--source", "xero")] == ["offered"]
    assert [each.event.key for each in inbox.after(4)] == ["e1~retry3", "e1~retry5"]


def test_what_came_in_another_delivery_meanwhile_is_let_go(home: Path, inbox: Inbox) -> None:
    inbox.quarantine("typeform", None, NOON, ANSWER % 2, "key_failed")
    assert told("retry", "5")[0]["outcome"] == "repeated"
    assert inbox.newest() == 4
    assert 5 not in {each.number for each in inbox.quarantined()}


@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        (["--from", "3"], 2),
        (["--from", "0"], 3),
        (["--since", "2026-11-01T14:30:00Z"], 1),
        (["--since", "2026-11-01"], 3),
    ],
)
def test_replay_goes_back_and_asks_for_a_run(
    home: Path, inbox: Inbox, arguments: list[str], waits: int
) -> None:
    assert told("replay", "typeform", *arguments)["waiting"] == waits
    assert inbox.depth(consumer("typeform"), "typeform") == waits
    assert inbox.depth(consumer("xero"), "xero") == 0
    assert waiting.events(inbox) is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["replay", "nobody", "--from", "1"], "no [sources.nobody]"),
        (["replay", "typeform"], "either --from SEQUENCE or --since INSTANT"),
        (["replay", "typeform", "--from", "1", "--since", "2026-11-01"], "either --from"),
        (["replay", "typeform", "--from", "5"], "landed through 4; there is nothing"),
        (["replay", "typeform", "--since", "2027-01-01"], "there is nothing"),
        (["retry"], "numbers from `vouch inbox list`"),
        (["retry", "77"], "Nothing is put aside under 77"),
        (["show", "77"], "Nothing is put aside under 77"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    home: Path, inbox: Inbox, arguments: list[str], says: str
) -> None:
    done = vouch(*arguments)
    assert done.exit_code == 1
    assert says in done.stderr
    assert inbox.position(consumer("typeform")) == 4
    assert len(inbox.quarantined()) == 4


def test_replay_waits_for_the_run_that_holds_the_home(home: Path, inbox: Inbox) -> None:
    with homes.held(home, "a run"):
        done = Vouch(home)("inbox", "replay", "typeform", "--from", "1")
    assert done.returncode == 5
    assert "is in use by a run" in done.stderr
    assert inbox.position(consumer("typeform")) == 4
