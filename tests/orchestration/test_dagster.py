"""What the daemon and the web interface load: a drop that runs. They themselves: test_dev.py."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import duckdb
import pytest

from tests.conftest import REPOSITORY, Vouch

pytestmark = pytest.mark.slow

HEADER = "respondent_email,score,comment,submitted_at,company_key,respondent_kind\n"


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
    waits, schedule, steps = json.loads(done.stdout.splitlines()[-1])
    # However a job is launched, it waits for a run that holds the home; and the schedule is as set.
    assert waits == [600.0, 600.0, 600.0] and schedule == "STOPPED"
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
from orchestration.definitions import FROM_DROP, FROM_EVENTS, WHOLE_WAY, definitions
from orchestration.run import dagster_home
from dagster._core.instance.ref import InstanceRef
found = settings.load()
repository = definitions().get_repository_def()
configs = [
    dg.validate_run_config(repository.get_job(name), {})
    for name in (WHOLE_WAY, FROM_DROP, FROM_EVENTS)
]
waits = [config["resources"]["home"]["config"]["wait_seconds"] for config in configs]
schedule = repository.get_schedule_def("hourly").default_status.value
job = repository.get_job(FROM_DROP)
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
steps = [e.step_key for e in done.all_events if e.is_step_success]
print(json.dumps([waits, schedule, steps]))
sys.exit(0 if done.success else 1)
"""
