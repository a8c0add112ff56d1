"""What is too much, too slow, or cannot be stored: told when to come again, and nothing is lost."""

import resource
import socket
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from process import started
from pushing import Receiving, receiving, signed

from ingestion.inbox import Inbox
from ingestion.receiver import Limits
from ingestion.receiver.pace import Pace


def body(number: int) -> bytes:
    return b'{"event_id": "e%d"}' % number


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Waits for it to come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not come about"
        time.sleep(0.05)


def raw(received: Receiving, request: bytes, seconds: float = 20) -> bytes:
    """Bytes sent as they are; what came back until the receiver had no more to say."""
    with socket.create_connection(("127.0.0.1", received.port), timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
        return answer


def test_a_pace_allows_a_second_of_burst_and_then_says_how_long_to_wait() -> None:
    pace = Pace(2)
    assert [pace.wait(100.0) for _ in range(3)] == [0, 0, 1]
    assert [pace.wait(100.5), pace.wait(100.5)] == [0, 1]
    slow = Pace(0.1)
    assert [slow.wait(0.0), slow.wait(0.0)] == [0, 10]


def test_more_than_the_pace_of_one_source_is_429_and_leaves_the_others_alone(
    tmp_path: Path,
) -> None:
    with receiving(tmp_path, Limits(requests_per_second=3)) as received:
        answers = [received.push("typeform", body(number)) for number in range(6)]
        refused = [answer for answer in answers if answer.status == 429]
        assert refused
        assert refused[0].said == (429, "refused", "too_many_requests")
        assert int(refused[0].headers["retry-after"]) >= 1
        assert received.said("stripe", body(1))[0] == 200


def test_a_body_that_says_it_is_too_large_is_not_read(tmp_path: Path) -> None:
    with receiving(tmp_path, Limits(max_body_bytes=1000)) as received:
        head = b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"
        assert raw(received, head).startswith(b"HTTP/1.1 413 ")
        assert received.counted() == {("typeform", "413", "body_too_large"): 1}


def test_a_body_in_chunks_is_refused_when_it_has_grown_too_large(tmp_path: Path) -> None:
    with receiving(tmp_path, Limits(max_body_bytes=1000)) as received:
        head = b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = raw(received, head + b"1f4\r\n" + bytes(500) + b"\r\n1f5\r\n" + bytes(501))
        assert answer.startswith(b"HTTP/1.1 413 ")
        exact = b'{"event_id": "e1"}'.ljust(1000)
        assert received.said("typeform", exact)[1] == "accepted"


def test_a_sender_that_does_not_end_its_body_is_408(tmp_path: Path) -> None:
    with receiving(tmp_path, Limits(body_seconds=0.2)) as received:
        head = b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        assert raw(received, head).startswith(b"HTTP/1.1 408 ")


def test_a_sender_that_goes_away_in_mid_body_is_counted(tmp_path: Path) -> None:
    with receiving(tmp_path) as received:
        head = b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        with socket.create_connection(("127.0.0.1", received.port)) as connection:
            connection.sendall(head)
            time.sleep(0.2)
        until(lambda: received.counted() == {("typeform", "400", "body_incomplete"): 1})


def test_bodies_that_hold_too_much_memory_together_are_503(tmp_path: Path) -> None:
    limits = Limits(max_held_bytes=3000, body_seconds=5)
    with receiving(tmp_path, limits) as received:
        head = b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", received.port)) as slow:
            slow.sendall(head + bytes(1999))
            time.sleep(0.3)
            answer = raw(received, head + bytes(1999))
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 1\r\n" in answer.lower()
        until(lambda: received.said("typeform", body(1).ljust(1900))[1] == "accepted")


def test_too_long_a_backlog_is_503_until_it_was_landed(tmp_path: Path) -> None:
    with receiving(tmp_path, Limits(max_backlog=2)) as received:
        for number in range(3):
            received.push("typeform", body(number))
        until(lambda: received.ask("GET", "/ready").status == 503)
        assert received.ask("GET", "/ready").said[2] == "backlog"
        answer = received.push("stripe", body(9))
        assert answer.said == (503, "refused", "backlog")
        assert int(answer.headers["retry-after"]) >= 1
        assert ({"source": "typeform"}, 3.0) in received.figure("vouch_inbox_depth")
        received.inbox.advance("landing:typeform", received.inbox.newest())
        until(lambda: received.ask("GET", "/ready").status == 200)
        assert received.said("stripe", body(9))[1] == "accepted"


def test_an_inbox_that_cannot_be_written_is_503_and_takes_the_event_later(tmp_path: Path) -> None:
    with receiving(tmp_path) as received:
        holder = sqlite3.connect(tmp_path / "inbox.sqlite", isolation_level=None)
        holder.execute("begin immediate")
        answer = received.push("typeform", body(1))
        assert answer.said == (503, "refused", "inbox_busy")
        assert int(answer.headers["retry-after"]) >= 1
        assert received.ask("GET", "/ready").said == (503, "refused", "inbox_busy")
        assert received.ask("GET", "/health").status == 200
        holder.execute("rollback")
        holder.close()
        # Nobody sends while it is not ready: it finds out by itself.
        until(lambda: received.ask("GET", "/ready").status == 200)
        assert received.said("typeform", body(1)) == (200, "accepted", None)
        assert received.keys() == ["e1"]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process cannot be limited")
def test_a_full_disk_is_503_until_there_is_room_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'inbox.sqlite'}"
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with started(url) as process:
        inbox = Inbox.open(url)
        received = Receiving(process.port, inbox, datetime.now(UTC))
        # A file that may not grow is what a full disk looks like from here.
        limit = (600_000, resource.RLIM_INFINITY)
        resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, limit)
        taken, answer = [], received.push("typeform", body(0))
        while answer.status == 200 and len(taken) < 100:
            taken.append(f"e{len(taken)}")
            answer = received.push("typeform", body(len(taken)).ljust(50_000))
        status, text, reason = answer.said
        assert (status, text) == (503, "refused")
        assert reason in {"inbox_full", "inbox_unwritable"}
        assert int(answer.headers["retry-after"]) >= 1
        assert received.ask("GET", "/ready").said == (503, "refused", reason)
        resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, unlimited)
        until(lambda: received.ask("GET", "/ready").status == 200)
        last = body(len(taken)).ljust(50_000)
        assert received.said("typeform", last) == (200, "accepted", None)
        assert received.keys() == [*taken, f"e{len(taken)}"]
        inbox.close()


def test_an_inbox_that_may_only_be_read_is_503_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Inbox.open(f"sqlite:///{tmp_path / 'inbox.sqlite'}").close()
    frozen = f"sqlite:///file:{tmp_path / 'inbox.sqlite'}?mode=ro&uri=true"
    with receiving(tmp_path, url=frozen) as received:
        answer = received.push("typeform", body(1))
        assert answer.said == (503, "refused", "inbox_unwritable")
        assert int(answer.headers["retry-after"]) >= 1
        assert received.ask("GET", "/ready").said == (503, "refused", "inbox_unwritable")


def test_what_comes_together_is_committed_together(tmp_path: Path) -> None:
    with receiving(tmp_path) as received, ThreadPoolExecutor(16) as senders:
        list(senders.map(lambda number: received.push("typeform", body(number)), range(300)))
        ((_, commits),) = received.figure("vouch_receiver_commit_seconds_count")
        assert sorted(received.keys()) == sorted(f"e{number}" for number in range(300))
        assert commits < 300


def test_one_event_sent_many_times_at_once_is_stored_once(tmp_path: Path) -> None:
    with receiving(tmp_path) as received, ThreadPoolExecutor(16) as senders:
        said = list(senders.map(lambda _: received.said("typeform", body(1)), range(64)))
        assert sorted(text for _, text, _ in said if text) == ["accepted", *["repeated"] * 63]
        assert received.keys() == ["e1"]


@pytest.mark.parametrize("path", ["/webhooks/typeform", "/webhooks/%00", "/webhooks/" + "x" * 5000])
def test_a_path_of_any_bytes_is_answered(tmp_path: Path, path: str) -> None:
    with receiving(tmp_path) as received:
        status = received.ask("POST", path, b"{}", [("Typeform-Signature", b"\xff\xfe")]).status
        assert status in {401, 404}
        assert received.push("typeform", b"{}", signed("typeform", b"{}")).status == 200


def test_what_is_not_http_is_refused_and_counted(tmp_path: Path) -> None:
    with receiving(tmp_path) as received:
        assert b'"not_http"' in raw(received, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        endless = b"GET /health HTTP/1.1\r\nX: " + b"x" * 300_000
        assert raw(received, endless).startswith(b"HTTP/1.1 431 ")
        assert received.counted() == {
            ("-", "400", "not_http"): 1,
            ("-", "431", "head_too_large"): 1,
        }
