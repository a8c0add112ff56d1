"""``python -m sandbox``: serve the generated agency, or recordings, until interrupted."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.agency import AgencyPlan, generate
from sandbox.live import Living
from sandbox.replay import BadRecording, replay_store
from sandbox.server import running
from sandbox.store import Store


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8787)
    parser.add_argument("--seed", type=int, default=AgencyPlan().seed)
    parser.add_argument("--scale", default=AgencyPlan().scale)
    parser.add_argument("--replay", type=Path, help="folder of <vendor>/<entity>.jsonl")
    parser.add_argument("--live", action="store_true", help="go on living, by the clock")
    parser.add_argument("--receiver", help="with --live: whom webhooks are sent to")
    parser.add_argument(
        "--per-minute", type=float, default=6.0, help="with --live: what happens by itself"
    )
    parser.add_argument(
        "--begin-with", type=Path, help="nothing happens by itself before there is this file"
    )
    parser.add_argument(
        "--with-parent", action="store_true", help="end when standard input is closed"
    )
    given = parser.parse_args()
    plan = AgencyPlan(seed=given.seed, scale=given.scale)
    try:
        store = replay_store(given.replay) if given.replay else Store(generate(plan).records)
    except BadRecording as error:
        sys.exit(f"sandbox: {error}")
    wait = _until_parent_ends if given.with_parent else _until_signalled()
    living = Living(
        given.receiver,
        given.per_minute,
        # Another life each time: repeated ids would be taken for redeliveries.
        seed=int(time.time()),
        secrets=_secrets(),
        begin_with=given.begin_with,
    )
    with running(store, given.port, living=living if given.live else None) as sandbox:
        count = sum(store.counts().values())
        sys.stdout.write(f"serving {count} records at {sandbox.base_url}\n")
        sys.stdout.flush()
        wait()


def _secrets() -> dict[str, str]:
    """What webhooks are signed with, from where the shipped ``vouch.toml`` takes it too."""
    return {
        account: os.environ.get(f"{account.upper()}_WEBHOOK_SECRET", shipped)
        for account, shipped in Living().secrets.items()
    }


def _until_parent_ends() -> None:
    """The parent's end of the pipe closes with it."""
    sys.stdin.read()


def _until_signalled() -> Callable[[], object]:
    """Wait for an interruption that counts from now on: one may follow the address at once."""
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    return over.wait


if __name__ == "__main__":
    main()
