"""``python serving.py INBOX_URL [PORT]``: the receiver of these tests as a process to be killed.

Prints its port; the sources' clock is the real one.
"""

import sys
from datetime import UTC, datetime

from pushing import SOURCES

from ingestion.inbox import Inbox
from ingestion.receiver import Limits, receiver
from ingestion.receiver.server import listening, serve

LIMITS = Limits(max_body_bytes=256 * 1024, requests_per_second=100_000, body_seconds=0.5)


def main() -> None:
    """Serve until told to end."""
    inbox = Inbox.open(sys.argv[1])
    on = listening("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    port = on.getsockname()[1]
    app = receiver(SOURCES, inbox, LIMITS, lambda: datetime.now(UTC))
    serve(app, on, lambda: print(port, flush=True))  # noqa: T201
    inbox.close()


if __name__ == "__main__":
    main()
