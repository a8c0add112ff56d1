"""A PostgreSQL server of our own for a test session, where its programs are installed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_START_SECONDS = 30


def _programs() -> Path | None:
    """The newest installation: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yields the address of an empty server on loopback; skips the test, with the reason, where
    there is none to start.
    """
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's initdb is not installed")
    # PostgreSQL refuses to run as root.
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    prefix = as_nobody if os.getuid() == 0 else []
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL does not run as root, and there is no setpriv")
    # Not pytest's own folder, which nobody but its owner may enter.
    with tempfile.TemporaryDirectory(prefix="vouch-postgres-") as folder:
        if prefix:
            os.chown(folder, 65534, 65534)
        yield from _served(programs, Path(folder), prefix)


def _served(programs: Path, folder: Path, prefix: list[str]) -> Iterator[str]:
    data = folder / "data"
    made = subprocess.run(
        [*prefix, str(programs / "initdb"), "-D", str(data), "-U", "vouch", "-A", "trust", "-N"],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
    )
    if made.returncode != 0:
        pytest.skip(f"PostgreSQL's initdb failed: {made.stderr.strip()[-300:]}")
    port = _free_port()
    options = ["-D", str(data), "-p", str(port), "-k", "", "-h", "127.0.0.1"]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*prefix, str(programs / "postgres"), *options], stdout=log, stderr=log, cwd="/"
        )
    try:
        _await(server, port)
        yield f"postgresql+pg8000://vouch@127.0.0.1:{port}/postgres"
    finally:
        # Fast: a client that went without a word would hold up an orderly end for ever.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=_START_SECONDS)


def _await(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL did not start; see server.log")
