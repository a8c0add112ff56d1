"""dbt's own unit tests: a build leaves them out, because they prove code and not data."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration import dbt
from tests.conftest import Vouch


@pytest.mark.slow
def test_every_unit_test_of_the_project_passes(built: Vouch, tmp_path: Path) -> None:
    # They need the parents' columns, which a built warehouse has.
    warehouse = tmp_path / "warehouse.duckdb"
    shutil.copy(built.home / "warehouse.duckdb", warehouse)
    done = subprocess.run(
        [
            *(dbt.executable(), "test", "--quiet", "--select", "test_type:unit"),
            *("--project-dir", str(dbt.PROJECT_DIR), "--profiles-dir", str(dbt.PROJECT_DIR)),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path)),
        ],
        check=False,
        env={**os.environ, "VOUCH_WAREHOUSE": str(warehouse)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} == {"pass"}
    assert len(results) >= 20
