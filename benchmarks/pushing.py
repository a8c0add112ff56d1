"""``python -m benchmarks.pushing PORT RATE SECONDS``: events at a steady rate, come what may.

``--like FILE TOKEN NAME`` sends copies of the event in the file, whose token is the one given.

Open loop: an event is due at its moment whether or not earlier ones were answered, and its
latency counts from when it was due. A sender that waits for answers would hide every pause.
"""

import argparse
import asyncio
import json
import time
from collections import Counter, deque
from pathlib import Path
from typing import cast

import uvloop

from benchmarks.typeform_events import PATH, Events, headers

# Enough that a commit of a third of a second holds no event back at the sender.
_CONNECTIONS = 512
_LAST_ANSWERS_SECONDS = 30


class _Connection(asyncio.Protocol):
    """One request at a time on a connection that is kept."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._received = b""
        self._due = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own are asyncio's by their methods only.
        self._transport = cast("asyncio.WriteTransport", transport)

    def send(self, event: int, due: float) -> None:
        """Send one event; the load hears of the answer."""
        assert self._transport is not None
        sent = self._load.events.body(event)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers(sent).items())
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(sent)}\r\n\r\n"
        self._due = due
        self._transport.write(head.encode() + sent)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ends, rest = self._received.partition(b"\r\n\r\n")
        if not ends:
            return
        (length,) = [
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        if len(rest) >= length:
            self._received = b""
            self._load.answered(self, int(head.split(b" ", 2)[1]), self._due)

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost += 1


class _Load:
    def __init__(self, events: Events) -> None:
        self.events = events
        self.idle: deque[_Connection] = deque()
        self.waiting: deque[tuple[int, float]] = deque()
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.lost = 0

    def answered(self, connection: _Connection, status: int, due: float) -> None:
        """Note the answer and give the connection the next event that waits for one."""
        self.latencies.append(time.perf_counter() - due)
        self.statuses[status] += 1
        if self.waiting:
            connection.send(*self.waiting.popleft())
        else:
            self.idle.append(connection)

    def push(self, event: int, due: float) -> None:
        """Send it now, or as soon as a connection is free."""
        if self.idle:
            self.idle.popleft().send(event, due)
        else:
            self.waiting.append((event, due))


async def _run(port: int, rate: int, seconds: int, events: Events) -> dict[str, object]:
    load = _Load(events)
    loop = asyncio.get_running_loop()
    for _ in range(_CONNECTIONS):
        _, connection = await loop.create_connection(lambda: _Connection(load), "127.0.0.1", port)
        load.idle.append(connection)
    started = time.perf_counter()
    latest = 0.0
    total = rate * seconds
    event = 0
    while event < total:
        now = time.perf_counter() - started
        while event < total and event / rate <= now:
            latest = max(latest, now - event / rate)
            load.push(event, started + event / rate)
            event += 1
        await asyncio.sleep(0.001)
    until = time.perf_counter() + _LAST_ANSWERS_SECONDS
    while len(load.latencies) < total and not load.lost and time.perf_counter() < until:
        await asyncio.sleep(0.01)
    return {
        "sent": total,
        "seconds": time.perf_counter() - started,
        "statuses": dict(load.statuses),
        "latencies": load.latencies,
        "latest_send": latest,
        "cpu_seconds": time.process_time(),
    }


def main() -> None:
    """Push, and print what came back as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.pushing", description=__doc__)
    for name in ("port", "rate", "seconds"):
        parser.add_argument(name, type=int)
    parser.add_argument("--like", nargs=3, metavar=("FILE", "TOKEN", "NAME"))
    given = parser.parse_args()
    events = Events()
    if given.like:
        file, token, name = given.like
        events = Events(name, Path(file).read_bytes(), token.encode())
    print(json.dumps(uvloop.run(_run(given.port, given.rate, given.seconds, events))))


if __name__ == "__main__":
    main()
