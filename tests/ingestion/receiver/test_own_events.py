"""The README's example for tools of the agency's own: sent by its own words, taken, landed."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from events import Receiving as Draining
from pushing import NOON, STANDARD_SECRET, Receiving, signed

from ingestion.connection import Http
from ingestion.drain import drain
from ingestion.inbox import Event
from ingestion.pull import Account, pull
from ingestion.signatures import STANDARD_WEBHOOKS
from ingestion.vendor import vendor
from tests.conftest import REPOSITORY

BODY = (
    b'{"type": "survey_answer.created", "timestamp": "2026-03-02T09:15:04Z", "data": {"id": "a-1",'
    b' "score": 3, "submitted_at": "2026-03-02T09:15:00Z"}}'
)


def example() -> str:
    """The lines of shell that the README gives."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(
        r"^```bash\n(.*?webhook-signature.*?)^```", text, re.DOTALL | re.MULTILINE
    )
    return str(found)


def account(folder: Path) -> Account:
    own = vendor("own")
    return Account("tool", own, "t", own.config(), Http(folder / "tokens"), (STANDARD_SECRET,))


def test_the_example_of_the_readme_is_taken_and_landed(received: Receiving, tmp_path: Path) -> None:
    received.now = datetime.now(UTC)
    lines = example().replace(":8790/webhooks/own", f":{received.port}/webhooks/tool")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "OWN_WEBHOOK_SECRET": STANDARD_SECRET},
    )
    assert json.loads(done.stdout) == {"status": "accepted"}
    drained = drain(account(tmp_path), received.inbox, tmp_path, received.now)
    assert [(count.entity, count.carried) for count in drained] == [("answers", 1)]
    landed = Draining(tmp_path / "another")
    landed.home = tmp_path
    ((record_id, op, source, via),) = landed.rows("answers", "record_id, op, source, via")
    assert (record_id, op, source, via) == ("a-4711", "upsert", "tool", "webhook")
    assert pull(account(tmp_path), tmp_path, NOON, {"answers"})[0].delivered == 0


def test_the_signed_id_is_the_key_whatever_the_body_says(received: Receiving) -> None:
    assert received.said("tool", BODY) == (200, "accepted", None)
    assert received.said("tool", BODY) == (200, "repeated", None)
    headers = signed("tool", BODY)
    # An id of another message was not signed with this one.
    forged = headers | {"webhook-id": "msg_other"}
    assert received.said("tool", BODY, forged) == (401, "refused", "signature_wrong")
    assert received.keys() == [headers["webhook-id"]]


@pytest.mark.parametrize(
    ("hours", "reason"), [(-1, "timestamp_old"), (1, "timestamp_future")], ids=["old", "future"]
)
def test_a_message_of_another_time_is_refused(received: Receiving, hours: int, reason: str) -> None:
    headers = signed("tool", BODY, NOON.replace(hour=NOON.hour + hours))
    assert received.said("tool", BODY, headers) == (401, "refused", reason)


def test_an_id_that_no_database_holds_is_put_aside(received: Receiving) -> None:
    identity = "m" * 201
    seconds = str(int(NOON.timestamp()))
    signature = STANDARD_WEBHOOKS._signature(BODY, STANDARD_SECRET, identity, seconds)
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{signature}",
    }
    assert received.said("tool", BODY, headers) == (200, "quarantined", "key_unusable")


def test_what_is_none_of_ours_is_put_aside_by_the_drain(tmp_path: Path) -> None:
    draining = Draining(tmp_path)
    bodies = [
        BODY,
        BODY.replace(b"created", b"banana"),
        b"[]",
        BODY.replace(b"created", b"deleted"),
    ]
    draining.inbox.append([Event("tool", str(n), NOON, body) for n, body in enumerate(bodies)])
    counts = draining.drained(account(tmp_path))
    assert (counts["answers"].carried, counts["answers"].deleted) == (1, 1)
    assert [reason.split(":")[0] for reason in draining.reasons()] == ["unreadable"] * 2
