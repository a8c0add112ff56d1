"""Readers and publishing do not disturb each other: a real reader process, 50 publications."""

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from publication import prune, verify
from tests.expectations.agency import NOON, Agency
from tests.publication import reading
from tests.publication.releasing import copied, numbered, release

PUBLICATIONS = 50
CONTENTS = 3


def test_a_reader_sees_whole_releases_only(agency: Agency, tmp_path: Path) -> None:
    candidates = []
    for number in range(CONTENTS):
        built = numbered(agency, number)
        aside = tmp_path / "aside" / built.id
        shutil.copytree(built.folder, aside)
        candidates.append((built, aside))
    content = {release(agency, copied(*candidates[0])).release.id: 0}
    stop, said = tmp_path / "stop", tmp_path / "said"
    with said.open("w") as output:
        reader = subprocess.Popen(
            [sys.executable, reading.__file__, str(agency.home), str(stop)], stdout=output
        )
    while "ready" not in said.read_text():
        assert reader.poll() is None
    for number in range(1, PUBLICATIONS):
        at = NOON + timedelta(seconds=number)
        published = release(agency, copied(*candidates[number % CONTENTS]), at)
        assert published.outcome == "published"
        content[published.release.id] = number % CONTENTS
        prune(agency.home, 1, at=at)
    stop.touch()
    assert reader.wait(timeout=60) == 0
    readings = [json.loads(line) for line in said.read_text().splitlines()[1:]]
    for name, (first, second) in readings:
        assert first == second, "two marts of different releases"
        assert name == "copy" or first == f"build {content[name]}"
    assert len({name for name, _ in readings}) > 5
    assert verify(agency.home).intact
