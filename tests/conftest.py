"""What tests share: one published home per session, made by the commands a user would run."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.server import Sandbox, running
from sandbox.store import Store

REPOSITORY = Path(__file__).resolve().parent.parent
VOUCH = str(Path(sys.executable).parent / "vouch")
# The sandbox does not limit in most tests, so neither need we keep a pace.
UNPACED = "[http]\nrequests_per_second = 1000.0\nbackoff_seconds = 0.01\nmax_attempts = 2\n"
# What a test's daemon does must not depend on the time of day.
UNSCHEDULED = "[schedule]\nhourly = false\n"


def pytest_configure() -> None:
    """Whoever starts the tests in a shell's background has SIGINT ignored, in all that follows."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Their fixtures are shared by all files of the folder, and slow to make.
TOGETHER = {"dbt", "recalculation", "real_input"}


class _ByFixture(LoadScopeScheduling):
    """Keeps what shares a fixture on one worker: a file, or a whole folder.

    xdist's own groups do nothing with pytest 9.2, which builds node ids otherwise.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return folder if folder in TOGETHER else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How tests are spread over workers."""
    return _ByFixture(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow folders and files first, so that no worker is left with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    slow |= {item.path for item in items if item.path.parent.name in TOGETHER}
    items.sort(key=lambda item: item.path not in slow)


@dataclass
class Vouch:
    """The command, in a home of its own."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run it to its end; the exit code is the test's to look at."""
        return subprocess.run(
            [VOUCH, *arguments],
            check=False,
            cwd=self.home.parent,
            env={**os.environ, "VOUCH_HOME": str(self.home), **self.environment},
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def json(self, *arguments: str) -> Any:
        """The document that a successful command prints with ``--json``."""
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def current(self) -> str:
        """The release that BI sees, by the pointer alone."""
        pointer = json.loads((self.home / "serving" / "current.json").read_text())
        return str(pointer["release"])


def unpaced_config(folder: Path, extra: str = "") -> Path:
    """The repository's ``vouch.toml``, impatient and without a pace."""
    config = folder / "vouch.toml"
    shipped = (REPOSITORY / "vouch.toml").read_text(encoding="utf-8")
    config.write_text(shipped + "\n" + UNPACED + UNSCHEDULED + extra, encoding="utf-8")
    return config


@pytest.fixture(scope="session")
def served() -> Iterator[Sandbox]:
    """The small agency, unlimited; tests that spoil it use a store of their own."""
    with running(Store(generate(AgencyPlan()).records), limits=Limits.off()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def built(served: Sandbox, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Vouch:
    """A home with one release of the small agency. Not to be changed: take ``a_copy``."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    with FileLock(folder.with_suffix(".lock")):
        is_made = folder.exists()
        folder.mkdir(exist_ok=True)
        environment = {
            "VOUCH_SANDBOX_URL": served.base_url,
            "VOUCH_CONFIG": str(unpaced_config(folder)),
        }
        vouch = Vouch(folder / "home", environment)
        if not is_made:
            done = vouch("run", "--day", "2026-11-01")
            assert done.returncode == 0, done.stdout + done.stderr
    return vouch


@pytest.fixture(scope="session")
def built_home(built: Vouch) -> Path:
    """The folder of ``built``."""
    return built.home


@pytest.fixture
def a_copy(built: Vouch, tmp_path: Path) -> Callable[[], Vouch]:
    """Makes a home like ``built`` that the test may change."""

    def copied() -> Vouch:
        shutil.copytree(built.home, tmp_path / "home")
        return Vouch(tmp_path / "home", dict(built.environment))

    return copied
