"""The receiver killed with SIGKILL again and again while senders go on, some sending twice."""

import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.receiver_process import ReceiverProcess, inbox_of
from benchmarks.typeform_events import PATH, Events, headers
from ingestion.inbox import Stored

_SENDERS = 6
_RESENT = 0.1
_UPTIME_SECONDS = (0.1, 0.5)
_REFUSED_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of it; ``lost`` were acknowledged and are not in the inbox as they were sent,
    ``twice`` are in it more than once. ``cut_off`` were sent and got no answer; while the
    receiver is down, senders knock in vain, which is not counted.
    """

    kills: int
    sent: int
    acknowledged: int
    resent: int
    cut_off: int
    lost: int
    twice: int


class _Senders:
    def __init__(self, port: int, seed: int, events: Events) -> None:
        self._port = port
        self._events = events
        self._seed = seed
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._next = 0
        self.acknowledged: set[int] = set()
        self.resent = 0
        self.cut_off = 0
        self._threads = [
            threading.Thread(target=self._send, args=(number,)) for number in range(_SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def sent(self) -> int:
        return self._next

    def end(self) -> None:
        """No new events; each sender's last is sent until it is acknowledged."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        dice = Random(self._seed * 1000 + number)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        while not self._ending.is_set():
            with self._lock:
                event = self._next
                self._next += 1
            while not self._is_taken(connection, event):
                connection.close()
                time.sleep(_REFUSED_SECONDS)
            with self._lock:
                self.acknowledged.add(event)
            if dice.random() < _RESENT:
                with self._lock:
                    self.resent += 1
                if not self._is_taken(connection, event):
                    connection.close()
        connection.close()

    def _is_taken(self, connection: http.client.HTTPConnection, event: int) -> bool:
        sent = self._events.body(event)
        try:
            connection.request("POST", PATH, sent, headers(sent))
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:
            return False
        except (OSError, http.client.HTTPException):
            with self._lock:
                self.cut_off += 1
            return False
        return answer.status == 200


def soak(folder: Path, rounds: int, seed: int, events: Events | None = None) -> Soaked:
    """Start, let it run for 0.1 to 0.5 s, kill, start again; then see what the inbox holds."""
    pushed = events or Events()
    dice = Random(seed)
    process = ReceiverProcess(folder)
    senders = _Senders(process.port, seed, pushed)
    try:
        for _ in range(rounds):
            time.sleep(dice.uniform(*_UPTIME_SECONDS))
            process.kill()
            process = ReceiverProcess(folder, process.port)
    finally:
        senders.end()
        process.kill()
    found: dict[str, list[bytes]] = {}
    for stored in _everything(folder):
        found.setdefault(stored.event.key, []).append(stored.event.body)
    return Soaked(
        rounds,
        senders.sent,
        len(senders.acknowledged),
        senders.resent,
        senders.cut_off,
        sum(
            pushed.body(event) not in found.get(pushed.key(event), ())
            for event in senders.acknowledged
        ),
        sum(len(bodies) > 1 for bodies in found.values()),
    )


def _everything(folder: Path) -> Iterator[Stored]:
    inbox = inbox_of(folder)
    position = 0
    while page := inbox.after(position):
        yield from page
        position = page[-1].sequence
    inbox.close()
