"""``vouch run`` refuses a mapping file that cannot be used before it touches anything."""

import shutil
from pathlib import Path

import pytest

from orchestration import cli, run, seeds, settings


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    shutil.copytree(seeds.SEEDS, folder)
    with (folder / "channel_map.csv").open("a", encoding="utf-8") as file:
        file.write("bullhorn,carrier pigeon,pigeon,false,false\n")
        file.write("bullhorn,referral,referral,true,false\n")
    return folder


def test_the_shipped_files_pass() -> None:
    seeds.check()


def test_every_row_is_told_and_what_stays(spoilt: Path) -> None:
    with pytest.raises(seeds.SeedsInvalid) as caught:
        seeds.check(spoilt)
    message = str(caught.value)
    assert message.startswith("2 things to mend in ")
    assert "channel 'pigeon': is not known here; use one of referral" in message
    assert "source_value 'bullhorn, referral': the same key as row 2" in message
    assert "the current release stays" in message


def test_a_run_ends_before_it_starts(
    spoilt: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("VOUCH_HOME", str(home))
    monkeypatch.setattr(seeds.check, "__defaults__", (spoilt,))
    monkeypatch.setattr("sys.argv", ["vouch", "run"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "channel 'pigeon'" in capsys.readouterr().err
    assert not home.exists()
    with pytest.raises(seeds.SeedsInvalid):
        run.run(settings.load(), full=False, as_of=None, wait_seconds=0.0)
