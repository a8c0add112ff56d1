"""``vouch receive`` also reads Bullhorn's queue and alerts, in a process of its own."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ingestion.inbox import Inbox
from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.live import Living
from sandbox.server import running
from sandbox.store import Store
from tests.conftest import VOUCH, unpaced_config

_SECONDS = 60


@pytest.fixture
def receiving(tmp_path: Path) -> Iterator[tuple[str, Path, Path]]:
    """A living sandbox, the home whose inbox hears of it, and the receiver's lines."""
    store = Store(generate(AgencyPlan(scale="tiny")).records)
    # The receiver's port is known only once it runs, and it has to know the sandbox.
    with running(store, limits=Limits.off()) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
    with (tmp_path / "lines").open("w") as lines:
        process = subprocess.Popen(
            [VOUCH, "receive", "--port", "0"],
            stderr=lines,
            env={
                **os.environ,
                "VOUCH_HOME": str(tmp_path / "home"),
                "VOUCH_CONFIG": str(unpaced_config(tmp_path)),
                "VOUCH_SANDBOX_URL": f"http://127.0.0.1:{port}",
            },
        )
        try:
            told = _awaited(tmp_path / "lines", "receiving at ")
            address = told.split("receiving at ")[1].split()[0]
            with running(store, port, Limits.off(), living=Living(address)) as sandbox:
                yield sandbox.base_url, tmp_path / "home", tmp_path / "lines"
        finally:
            process.terminate()
            assert process.wait(timeout=_SECONDS) == 0


def test_queues_are_read_and_detractors_told(receiving: tuple[str, Path, Path]) -> None:
    sandbox, home, lines = receiving
    address = lines.read_text().split("receiving at ")[1].split()[0]
    inbox = Inbox.open(f"sqlite:///{home / 'inbox.sqlite'}")
    deadline = time.monotonic() + _SECONDS
    # Until the receiver has subscribed, a referral has no queue to wait in.
    while not [each for each in inbox.after(0) if each.event.source == "bullhorn"]:
        assert time.monotonic() < deadline, lines.read_text()
        requests.post(f"{sandbox}/live/referral", timeout=20).raise_for_status()
        time.sleep(1)
    said = requests.post(f"{sandbox}/live/detractor?score=3", timeout=20).json()
    assert said["told"] == ["typeform: webhook taken"]
    told = _awaited(lines, "Detractor: 3 of 10")
    assert said["records"][0].split(" ")[1] in told
    assert requests.get(f"{address}/ready", timeout=20).json() == {"status": "ready"}
    figures = requests.get(f"{address}/metrics", timeout=20).text
    assert 'vouch_feed_events_total{source="bullhorn"} 0.0' not in figures
    assert 'vouch_feed_last_success_timestamp_seconds{source="bullhorn"} 0.0' not in figures
    assert 'vouch_alerts_total{outcome="told"} 1.0' in figures
    assert 'vouch_inbox_depth{source="bullhorn"}' in figures
    inbox.close()


def _awaited(lines: Path, text: str) -> str:
    deadline = time.monotonic() + _SECONDS
    while text not in lines.read_text():
        assert time.monotonic() < deadline, lines.read_text()
        time.sleep(0.1)
    return lines.read_text()
