"""A run that is killed leaves the release as it was, and the next run finishes the work."""

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.server import running
from sandbox.store import Store
from tests.conftest import VOUCH, Vouch

pytestmark = pytest.mark.slow


def test_a_run_killed_while_it_builds_is_made_good_by_the_next(
    a_copy: Callable[[], Vouch],
) -> None:
    vouch = a_copy()
    before = vouch.current()
    store = Store(generate(AgencyPlan()).records)
    placement = dict(store["bullhorn", "placements"][0])
    store.upsert(
        "bullhorn",
        "placements",
        {**placement, "daysGuaranteed": 91, "dateLastModified": 1797000000000},
    )
    with running(store, limits=Limits.off()) as sandbox:
        vouch.environment["VOUCH_SANDBOX_URL"] = sandbox.base_url
        _kill_at(vouch, "placements: 1 new")
        assert vouch.current() == before
        assert vouch.json("verify")["intact"] is True
        done = vouch("run", "--day", "2026-11-01")
    assert done.returncode == 0, done.stderr
    assert vouch.current() != before


def _kill_at(vouch: Vouch, line: str) -> None:
    process = subprocess.Popen(
        [VOUCH, "run", "--day", "2026-11-01"],
        env={**os.environ, "VOUCH_HOME": str(vouch.home), **vouch.environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    seen = next((shown for shown in process.stderr if line in shown), None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert seen is not None, "the run ended before it could be killed"
