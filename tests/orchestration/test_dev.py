"""``vouch dev`` in a fresh home, as a newcomer has it: one start, which all these tests share.

In the order that they stand in; the last one ends it.
"""

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

from tests.conftest import REPOSITORY, VOUCH

pytestmark = pytest.mark.slow

CHROMIUM = Path("/usr/bin/chromium")
QUIET_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
ASSETS = "{ assetNodes { assetKey { path } } }"
SCHEDULES = (
    "{ repositoriesOrError { ... on RepositoryConnection {"
    " nodes { schedules { name scheduleState { status } } } } } }"
)
RUNS = "{ runsOrError { ... on Runs { results { jobName status tags { key value } } } } }"
FIRST = {"key": "vouch/trigger", "value": "vouch dev: the first release"}
COUNT = "select count(*) from marts.fct_survey_responses"
SECONDS = 300


@dataclass
class Dev:
    """The running command and where its parts are."""

    home: Path
    process: "subprocess.Popen[str]"
    lines: "queue.Queue[str]"
    web: str = ""
    receiver: str = ""
    sandbox: str = ""

    def line(self, pattern: str) -> re.Match[str]:
        """The next line that has this in it."""
        deadline = time.monotonic() + SECONDS
        seen = []
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(queue.Empty):
                seen.append(self.lines.get(timeout=1))
                if found := re.search(pattern, seen[-1]):
                    return found
        raise AssertionError(f"no line with {pattern!r} in {SECONDS} s:\n" + "".join(seen))

    def ask(self, query: str) -> Any:
        """What Dagster's web interface answers."""
        request = urllib.request.Request(
            f"{self.web}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["data"]

    def answers(self) -> int:
        """Counted answers in the release that BI sees."""
        serving = self.home / "serving"
        database = serving / json.loads((serving / "current.json").read_text())["database"]
        with duckdb.connect(str(database), read_only=True) as connection:
            (count,) = connection.execute(COUNT).fetchone() or (0,)
        return int(count)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("dev")
    environment = {**os.environ, "VOUCH_HOME": str(folder / "home")}
    environment["VOUCH_CONFIG"] = str(REPOSITORY / "vouch.toml")
    process = subprocess.Popen(
        [VOUCH, "dev", "--port", "0", "--receiver-port", "0", "--sandbox-port", "0"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    started = Dev(folder / "home", process, queue.Queue())
    threading.Thread(target=_read, args=(started,), daemon=True).start()
    try:
        started.web = started.line(r"web interface: (http\S+)")[1]
        started.receiver = started.line(r"receiver: +(http://[^/]+)")[1]
        started.sandbox = started.line(r"sandbox: +(http\S+)")[1]
        started.line("make something happen|no first release")
        yield started
    finally:
        process.terminate()
        process.wait(timeout=60)


def _read(dev: Dev) -> None:
    assert dev.process.stdout is not None
    for line in dev.process.stdout:
        dev.lines.put(line)


def until(true: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"did not come true in {seconds} s"
        time.sleep(0.1)


def test_a_fresh_home_gets_a_first_release_from_an_ordinary_run(dev: Dev) -> None:
    assert dev.answers() > 1000
    runs = dev.ask(RUNS)["runsOrError"]["results"]
    # On the hour the schedule's is there too.
    (first,) = [run for run in runs if FIRST in run["tags"]]
    assert (first["jobName"], first["status"]) == ("whole_way", "SUCCESS")


def test_the_web_interface_serves_the_whole_lineage(dev: Dev) -> None:
    keys = {"/".join(node["assetKey"]["path"]) for node in dev.ask(ASSETS)["assetNodes"]}
    assert {"bullhorn/placements", "files/survey_answers", "candidate", "release"} <= keys
    assert any(key.endswith("metric_nps") for key in keys)


def test_the_pull_by_the_hour_is_on(dev: Dev) -> None:
    (location,) = dev.ask(SCHEDULES)["repositoriesOrError"]["nodes"]
    assert location["schedules"] == [{"name": "hourly", "scheduleState": {"status": "RUNNING"}}]


def test_the_curl_line_of_the_readme_moves_a_figure(dev: Dev) -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^curl .*/live/.*$", readme, re.MULTILINE)
    assert "http://127.0.0.1:8787/" in line
    command = shlex.split(line.replace("http://127.0.0.1:8787", dev.sandbox))
    before = dev.answers()
    began = time.monotonic()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "error" not in told
    until(lambda: dev.answers() > before)
    # Shown by pytest -rP; a busy machine must not make a test of it.
    print(f"{time.monotonic() - began:.1f} s from curl to the figure")  # noqa: T201


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}")
def test_chromium_sees_green_runs_and_the_lineage_from_source_to_release(
    dev: Dev, tmp_path: Path
) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(QUIET_CHROMIUM)
        )
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(120_000)
        page.goto(f"{dev.web}/runs")
        page.get_by_text("vouch dev: the first release").first.wait_for()
        page.get_by_text("Success", exact=True).last.wait_for()
        page.screenshot(path=tmp_path / "runs.png")
        assert page.get_by_text("Failure", exact=True).count() == 0

        deep = "view=lineage&lineageScope=downstream&lineageDepth=30"
        page.goto(f"{dev.web}/assets/typeform/responses?{deep}")
        # Far away, nodes show their names only, in the middle of long ones three dots.
        nodes = page.locator("svg foreignObject")
        nodes.filter(has_text=re.compile("^release")).first.wait_for(state="attached")
        names = [name or "" for name in nodes.evaluate_all("all => all.map(n => n.textContent)")]
        edges = page.evaluate(
            "[...document.querySelectorAll('svg')]"
            ".filter(svg => svg.querySelector('foreignObject'))[0].querySelectorAll('path').length"
        )
        page.screenshot(path=tmp_path / "lineage.png")
        browser.close()
    for name in ("responses", "stg_", "int_", "metric_nps", "candidate", "release"):
        assert any(shown.startswith(name) for shown in names), name
    assert edges >= len(names) > 50


def test_a_second_one_over_the_same_home_is_refused(dev: Dev) -> None:
    second = subprocess.run(
        [VOUCH, "dev", "--port", "0"],
        check=False,
        env={**os.environ, "VOUCH_HOME": str(dev.home)},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 5
    assert f"a `vouch dev` is already at work over {dev.home}" in second.stderr


def test_a_killed_receiver_is_told_and_is_back(dev: Dev) -> None:
    (receiver,) = of(dev.home, "receive")
    receiver.kill()
    dev.line("receiver was killed by signal 9; starting it again in 1 s")

    def is_back() -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{dev.receiver}/health") as answer:
            return bool(answer.status == 200)
        return False

    until(is_back)


def test_killed_daemon_and_worker_are_told_and_back_and_no_event_is_lost(dev: Dev) -> None:
    before = dev.answers()
    for name, part in (("daemon", "dagster._daemon"), ("worker", "worker")):
        # A worker's children have its command line: the oldest of them is the server.
        min(of(dev.home, part), key=psutil.Process.create_time).kill()
        dev.line(f"{name} was killed by signal 9; starting it again in 1 s")
    urllib.request.urlopen(f"{dev.sandbox}/live/detractor", data=b"").close()
    until(lambda: dev.answers() > before)


def test_it_ends_with_everything_it_has_started(dev: Dev) -> None:
    assert len(ours(dev.home)) >= 7
    dev.process.send_signal(signal.SIGTERM)
    assert dev.process.wait(timeout=60) == 0
    assert ours(dev.home) == []


def ours(home: Path) -> list[psutil.Process]:
    """Whoever lives with this home in its environment, but for this process's children."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("VOUCH_HOME") == str(home):
                found.append(process)
    return found


def of(home: Path, part: str) -> list[psutil.Process]:
    """Those of ours that have this in their command line."""
    return [one for one in ours(home) if part in one.cmdline()]
