"""The deployed form: runs, their history, the inbox and what BI reads in PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from sqlalchemy import create_engine

from ingestion.inbox import Inbox
from orchestration.worker.address import is_there
from tests.conftest import REPOSITORY, Vouch, unpaced_config
from tests.ingestion.postgres_server import running_postgres
from tests.orchestration.arriving import answer, answers, until

pytestmark = pytest.mark.slow


@pytest.fixture
def deployed(a_copy: Callable[[], Vouch], tmp_path: Path) -> Iterator[Vouch]:
    """A home whose instance and inbox are those of ``deploy/``."""
    pytest.importorskip("dagster_postgres")
    with running_postgres() as url:
        shutil.copy(REPOSITORY / "deploy" / "dagster.yaml", tmp_path)
        extra = '[dagster]\ninstance = "dagster.yaml"\n[inbox]\nurl = "${VOUCH_INBOX_URL}"\n'
        extra += '[serving]\npostgresql = "${VOUCH_SERVING_URL}"\n'
        found = a_copy()
        found.environment |= {
            "VOUCH_CONFIG": str(unpaced_config(tmp_path, extra)),
            "VOUCH_INBOX_URL": url,
            "VOUCH_SERVING_URL": url,
            "VOUCH_DAGSTER_POSTGRES_URL": url.replace("+pg8000", ""),
        }
        yield found


def served_answers(vouch: Vouch) -> int:
    """Answers that BI sees in PostgreSQL."""
    engine = create_engine(vouch.environment["VOUCH_SERVING_URL"])
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select count(*) from marts.fct_survey_responses")
        return int(found.scalar_one())


def test_a_server_is_served_by_the_first_run_that_reaches_it(deployed: Vouch) -> None:
    """Though nothing is new since the release, which was made before there was a server."""
    run = ("run", "--day", "2026-11-01")
    before, there = deployed.current(), deployed.environment["VOUCH_SERVING_URL"]
    deployed.environment["VOUCH_SERVING_URL"] = "postgresql+pg8000://vouch:secret@127.0.0.1:9/x"
    failed = deployed(*run)
    assert failed.returncode == 1
    assert "could not be asked to show the current release" in failed.stderr
    assert "secret" not in failed.stderr
    deployed.environment["VOUCH_SERVING_URL"] = there
    assert deployed(*run).returncode == 0
    assert served_answers(deployed) == answers(deployed.home)
    assert deployed.current() == before


def test_an_event_is_served_and_its_run_is_in_postgresql(
    deployed: Vouch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in deployed.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VOUCH_HOME", str(deployed.home))
    before = answers(deployed.home)
    worker = subprocess.Popen([sys.executable, "-m", "orchestration", "worker"], env=os.environ)
    try:
        until(lambda: worker.poll() is not None or is_there(deployed.home))
        inbox = Inbox.open(deployed.environment["VOUCH_INBOX_URL"])
        inbox.append([answer(deployed.home, 1, 3)])
        newest = inbox.newest()
        until(lambda: answers(deployed.home) == before + 1)
        until(lambda: inbox.position("landing:typeform") == inbox.newest())
        inbox.close()
        place = InstanceRef.from_dir(str(deployed.home / "dagster"))
        with dg.DagsterInstance.from_ref(place) as instance:
            assert type(instance.run_storage).__module__.startswith("dagster_postgres")
            until(lambda: instance.get_runs()[0].status == dg.DagsterRunStatus.SUCCESS)
            (run,) = instance.get_runs()
            assert run.job_name == "from_events"
            assert instance.all_logs(run.run_id)
        assert served_answers(deployed) == before + 1
        assert deployed("verify").returncode == 0
        # An alert names the event's sequence: the release that has it says so, the one before not.
        assert [each["inbox"] for each in deployed.json("releases")] == [0, newest]
    finally:
        worker.terminate()
        worker.wait(timeout=30)
