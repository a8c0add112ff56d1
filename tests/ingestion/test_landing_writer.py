"""The way into landing: what dlt must not do on its own, and what a crash leaves."""

import shutil
import subprocess
import sys
from pathlib import Path

import dlt

from ingestion.landing import landed_files
from ingestion.landing_writer import landing_pipeline, write
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


def test_a_package_left_in_two_places_by_a_kill_is_loaded_once(tmp_path: Path) -> None:
    pipeline = landing_pipeline(tmp_path, "killed", "bullhorn")
    write(pipeline, "bullhorn", [dlt.resource([{"id": 0}], name="leads")])
    source = dlt.source(lambda: [dlt.resource([{"id": 1}], name="leads")], name="bullhorn")
    pipeline.extract(source(), loader_file_format="parquet")
    extracted = Path(pipeline.working_dir) / "normalize" / "extracted"
    shutil.copytree(extracted, tmp_path / "kept")
    pipeline.normalize()
    # Killed after the package was moved on, before its source was deleted.
    shutil.copytree(tmp_path / "kept", extracted, dirs_exist_ok=True)
    write(pipeline, "bullhorn", [dlt.resource([{"id": 2}], name="leads")])
    assert [file.rows for file in landed_files(tmp_path / "landing")] == [1, 1, 1]
