"""Ten thousand hostile requests to a real process: each refused or put aside, memory steady."""

import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
from hostile import Hostile, requests
from process import started
from pushing import Receiving
from serving import LIMITS

from ingestion.inbox import Inbox

COUNT = 10_500
SEED = 20261123
# Enough that one sender's waiting for a time-out holds up few others.
SENDERS = 8
# What one body, its parse and its copies may leave behind for good.
MOST_GROWTH = 40 * 1024 * 1024


def answer(port: int, hostile: Hostile) -> tuple[int, str] | None:
    """(status, status text), or None where the connection was closed without a word."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        # A refusal may come before all was sent.
        with suppress(ConnectionError):
            connection.sendall(hostile.request)
        answered = b""
        with suppress(ConnectionError):
            while b"\r\n\r\n" not in answered and (part := connection.recv(65536)):
                answered += part
    head, ends, _ = answered.partition(b"\r\n\r\n")
    if not ends:
        return None
    told = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    # Every answer says what it is and why.
    assert told.get(b"vouch-reason"), (hostile.kind, head)
    return int(head.split(b" ", 2)[1]), told[b"vouch-status"].decode()


def test_each_is_refused_or_put_aside_and_memory_stays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inbox.sqlite'}"
    wrong: Counter[str] = Counter()
    corpus = list(requests(SEED, COUNT, datetime.now(UTC), LIMITS.max_body_bytes))
    with started(url) as process, ThreadPoolExecutor(SENDERS) as senders:
        receiver = psutil.Process(process.running.pid)
        sizes = []
        for part in (corpus[: COUNT // 5], corpus[COUNT // 5 :]):
            answers = senders.map(lambda hostile: answer(process.port, hostile), part)
            for hostile, found in zip(part, answers, strict=True):
                if found not in hostile.outcomes:
                    wrong[f"{hostile.kind}: {found}"] += 1
            sizes.append(receiver.memory_info().rss)
        inbox = Inbox.open(url)
        counted = Receiving(process.port, inbox).counted()
        kept = inbox.quarantined_count()
        inbox.close()
        assert process.ended() == 0
    assert wrong == {}
    assert min(Counter(hostile.kind for hostile in corpus).values()) > 50
    assert not any(status.startswith("5") for _, status, _ in counted)
    assert not any(reason == "accepted" for _, _, reason in counted)
    assert sizes[1] - sizes[0] < MOST_GROWTH, f"bytes after a fifth of them and after all: {sizes}"
    assert kept > COUNT // 4
