"""A publication killed at any of its file operations leaves a valid current release."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

from tests.expectations.agency import Agency
from tests.publication.releasing import copied, numbered, release

REPOSITORY = Path(__file__).resolve().parents[2]


def test_kill_9_at_every_step_leaves_a_valid_release(agency: Agency, tmp_path: Path) -> None:
    candidates = []
    for number in range(2):
        built = numbered(agency, number)
        aside = tmp_path / "aside" / built.id
        shutil.copytree(built.folder, aside)
        candidates.append((built, aside))
    release(agency, copied(*candidates[1]))
    (tmp_path / "inputs.pickle").write_bytes(pickle.dumps((agency, candidates)))
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.publication.dying", str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert int(outcome.stdout) >= 24, outcome.stdout
