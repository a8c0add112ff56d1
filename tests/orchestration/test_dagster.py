"""What the daemon and the web interface load: keys, checks, sensor, and a drop that runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import REPOSITORY, VOUCH, Vouch

pytestmark = pytest.mark.slow

HEADER = "respondent_email,score,comment,submitted_at,company_key,respondent_kind\n"
START_SECONDS = 180


def test_a_dropped_file_runs_just_what_follows_and_moves_a_figure(
    a_copy: Callable[[], Vouch],
) -> None:
    vouch = a_copy()
    before = vouch.current()
    drop = vouch.home / "drop"
    drop.mkdir()
    rows = "".join(
        f"guest{number}@example.org,{number % 11},,2026-10-0{1 + number % 9}T10:00:00Z,,client\n"
        for number in range(12)
    )
    (drop / "answers.csv").write_text(HEADER + rows, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN_FROM_DROP],
        check=False,
        cwd=REPOSITORY,
        env={**os.environ, "VOUCH_HOME": str(vouch.home), **vouch.environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = json.loads(done.stdout.splitlines()[-1])
    assert "files__survey_answers" in steps
    assert not [step for step in steps if step.startswith("land_")]
    assert vouch.current() != before
    with duckdb.connect(str(vouch.home / "serving" / "serving.duckdb"), read_only=True) as db:
        landed = "select count(*) from marts.fct_survey_responses where response_id like 'files:%'"
        assert db.execute(landed).fetchone() == (12,)


RUN_FROM_DROP = """
import json, sys
import dagster as dg
from orchestration import settings
from orchestration.definitions import FROM_DROP, definitions
from orchestration.run import dagster_home
from dagster._core.instance.ref import InstanceRef
found = settings.load()
job = definitions().resolve_job_def(FROM_DROP)
ref = InstanceRef.from_dir(str(dagster_home(found.home)))
with dg.DagsterInstance.from_ref(ref) as instance:
    done = job.execute_in_process(
        instance=instance,
        raise_on_error=False,
        run_config={"resources": {"home": {"config": {"as_of": "2026-11-01"}}}},
    )
for event in done.all_events:
    if event.is_failure:
        print(event.event_specific_data.error, file=sys.stderr)
print()
print(json.dumps([e.step_key for e in done.all_events if e.is_step_success]))
sys.exit(0 if done.success else 1)
"""


def test_the_web_interface_serves_the_whole_lineage(built: Vouch, tmp_path: Path) -> None:
    port = _free_port()
    process = subprocess.Popen(
        [VOUCH, "dev", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "VOUCH_HOME": str(built.home), **built.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        keys = _asset_keys(f"http://127.0.0.1:{port}/graphql", process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
    assert {"bullhorn/placements", "files/survey_answers", "candidate", "release"} <= keys
    assert any(key.endswith("metric_nps") for key in keys)


QUERY = "{ assetNodes { assetKey { path } } }"


def _asset_keys(url: str, process: "subprocess.Popen[bytes]") -> set[str]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "dagster dev ended by itself"
        try:
            body = json.dumps({"query": QUERY}).encode()
            request = urllib.request.Request(
                url, data=body, headers={"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=10) as answer:
                nodes = json.load(answer)["data"]["assetNodes"]
            if nodes:
                return {"/".join(node["assetKey"]["path"]) for node in nodes}
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError(f"no assets within {START_SECONDS} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
