"""The way into landing: what dlt must not do on its own, and what a crash leaves."""

import subprocess
import sys
from pathlib import Path

from ingestion.landing import landed_files
from tests.conftest import REPOSITORY

LAND = """
import sys
from pathlib import Path
import dlt
from ingestion.landing_writer import landing_pipeline, write
pipeline = landing_pipeline(Path(sys.argv[1]), "test", "bullhorn")
write(pipeline, "bullhorn", [dlt.resource([{"id": 1}], name="leads")])
from dlt.common.runtime import anon_tracker
print(anon_tracker._THREAD_POOL)
"""


def test_dlt_sends_nothing_home(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LAND, str(tmp_path)],
        check=True,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "None"


def test_a_load_without_its_marker_is_not_there(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", LAND, str(tmp_path)], check=True, cwd=REPOSITORY, capture_output=True
    )
    landing = tmp_path / "landing"
    (file,) = landed_files(landing)
    assert file.rows == 1
    for marker in (landing / "bullhorn" / "_dlt_loads").glob("*.jsonl"):
        marker.unlink()
    assert landed_files(landing) == []
