"""One script over all of landing gives the very marts that increments and dbt gave."""

from pathlib import Path

import pytest

import publication
from benchmarks.comparison import differences
from benchmarks.floor import run_floor
from publication.declared import marts_from_json


@pytest.mark.slow
def test_the_floor_gives_the_marts_of_the_release(built_home: Path, tmp_path: Path) -> None:
    release = publication.current(built_home)
    manifest = release.manifest()
    run_floor(built_home, tmp_path)
    # What is hidden at the release follows from the marts' rows: the floor's are hidden alike.
    publication.protect(tmp_path, marts_from_json(manifest["marts"]))
    grains = {mart["name"]: tuple(mart["grain"]) for mart in manifest["marts"]}
    assert not differences(release.folder, tmp_path, grains)
