"""However one history was delivered, by events, pulls or both, the marts are the same bytes."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest
from history import ACCOUNTS, HAPPENINGS, History, history_in, pulled_once

import publication
from benchmarks import agencies
from ingestion.landing import landed_files
from orchestration import dbt, settings, warehouse
from sandbox.store import Store

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 3)
TIMES = 10


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Callable[[], Store]]:
    return pulled_once(tmp_path_factory.mktemp("beginning"))


def test_pulled_and_mixed_deliveries_of_one_history_give_the_same_marts(
    beginning: tuple[Path, Callable[[], Store]], tmp_path: Path
) -> None:
    # Bullhorn's hard deletes leave no trace to pull: its queue is read in both.
    with history_in(_made(tmp_path / "pulled"), beginning) as history:
        for kind in _kinds():
            history.happen(kind)
            # Every version of a job order counts, and a pull sees only the newest.
            history.pull("bullhorn")
        _pull_all(history)
        history.poll()
        history.drain("bullhorn")
        pulled = _marts(history, tmp_path / "key")
        deleted = history.deleted
    dice = Random(11)
    with history_in(_made(tmp_path / "mixed"), beginning) as history:
        for kind in _kinds():
            history.happen(kind)
            if dice.random() < 0.2:
                _pull_all(history)
            else:
                # Bullhorn keeps every event; webhooks are late, doubled or lost.
                history.poll()
                for _ in range(dice.choice((0, 1, 2))):
                    history.deliver(dice.randrange(40))
                for name in dice.sample(ACCOUNTS, 3):
                    history.drain(name)
            if dice.random() < 0.1:
                history.replay(dice.choice(ACCOUNTS))
        _pull_all(history)
        assert history.deleted == deleted
        mixed = _marts(history, tmp_path / "key")
        assert _ways(history) == {"pull", "webhook"}
    assert [name for name in pulled if pulled[name] != mixed.get(name)] == []
    assert pulled.keys() == mixed.keys()


def _kinds() -> list[str]:
    dice = Random(3)
    return [*HAPPENINGS, *(dice.choice(HAPPENINGS) for _ in range(TIMES - len(HAPPENINGS)))]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _pull_all(history: History) -> None:
    for name in ACCOUNTS:
        history.pull(name)


def _ways(history: History) -> set[str]:
    return {way for (way,) in history.receiving.rows("responses", "distinct via")}


def _marts(history: History, key: Path) -> dict[str, str]:
    """Digests of what would be released, with the same key of pseudonyms."""
    home = history.receiving.home
    if key.exists():
        shutil.copy(key, home / "pseudonym.key")
    files = landed_files(home / "landing")
    made = warehouse.Made(DAY, "test")
    warehouse.prepare(home / "warehouse.duckdb", home, files, made)
    shutil.copy(home / "pseudonym.key", key)
    found = settings.load({"VOUCH_HOME": str(home)})
    agencies.rebuild(home, has_tests=False, variables=dbt.variables(found, DAY.isoformat()))
    candidate = publication.build_candidate(
        home / "warehouse.duckdb", dbt.manifest(found), home / "candidate"
    )
    return {
        file.name: file.sha256 for file in candidate.files if not file.name.startswith("evidence/")
    }
