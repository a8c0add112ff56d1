"""One run at a time in a home, and a home that cannot be used says so."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import home

HOLDER = (
    "import sys, pathlib, time\n"
    "from orchestration import home\n"
    "with home.held(pathlib.Path(sys.argv[1]), 'another run'):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(600)\n"
)


def _holder(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_says_who_holds_it_and_a_killed_holder_lets_go(tmp_path: Path) -> None:
    process = _holder(tmp_path)
    try:
        with (
            pytest.raises(home.HomeBusy, match=rf"another run \(process {process.pid}, since"),
            home.held(tmp_path, "this one"),
        ):
            pass
    finally:
        process.kill()
        process.wait()
    with home.held(tmp_path, "this one"):
        pass


def test_an_unwritable_home_is_told_with_what_to_do() -> None:
    with (
        pytest.raises(home.HomeUnusable, match=r"VOUCH_HOME .* Make it writable"),
        home.held(Path("/proc/no-such-folder"), "this one"),
    ):
        pass
