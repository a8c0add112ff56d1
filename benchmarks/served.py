"""A server in a process of its own, so that it does not share the client's interpreter.

``python -m benchmarks.served LANDING ENTITY ...`` is one: Bullhorn over landed payloads.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from ingestion.landing import landed_files
from sandbox.limits import Limits
from sandbox.server import running
from sandbox.store import Store

_END_SECONDS = 60


@contextmanager
def served(command: Sequence[str]) -> Iterator[str]:
    """Run a server that prints ``... at ADDRESS`` and ends when its input closes.

    Raises:
        RuntimeError: it printed no address.
    """
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdin is not None
    try:
        line = process.stdout.readline()
        if " at " not in line:
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield line.rsplit(" at ", 1)[1].strip()
    finally:
        process.stdin.close()
        process.wait(timeout=_END_SECONDS)


def bullhorn_store(landing: Path, entities: Sequence[str], most: int) -> Store:
    """Payloads of the entities, at most so many of each."""
    payloads: dict[tuple[str, str], list[bytes]] = {}
    for file in landed_files(landing):
        if file.vendor == "bullhorn" and file.entity in entities:
            column = pq.read_table(file.path, columns=["payload"]).column("payload")
            kept = payloads.setdefault((file.vendor, file.entity), [])
            kept += [text.encode() for text in column.slice(0, most - len(kept)).to_pylist()]
    return Store(payloads)


def main() -> None:
    """Serve without limits until standard input is closed."""
    parser = argparse.ArgumentParser(prog="benchmarks.served", description=__doc__)
    parser.add_argument("landing", type=Path)
    parser.add_argument("entities", nargs="+")
    parser.add_argument("--most", type=int, required=True, help="records of each entity")
    given = parser.parse_args()
    store = bullhorn_store(given.landing, given.entities, given.most)
    with running(store, limits=Limits.off()) as sandbox:
        count = sum(store.counts().values())
        print(f"serving {count} records at {sandbox.base_url}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
