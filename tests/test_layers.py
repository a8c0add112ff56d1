"""Who may import whom, as pyproject.toml declares it, held by import-linter."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def test_the_layers_hold() -> None:
    program = str(Path(sys.executable).parent / "lint-imports")
    done = subprocess.run([program], check=False, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
