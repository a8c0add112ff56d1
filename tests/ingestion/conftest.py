"""A tiny agency over real HTTP, and the accounts that read it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.landing import landed_files
from ingestion.pull import Account, Pulled, pull
from orchestration import settings
from sandbox.agency import AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.server import Sandbox, running
from sandbox.store import Store
from tests.conftest import unpaced_config

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that the test may spoil."""
    store = Store(generate(AgencyPlan(scale="tiny")).records)
    with running(store, limits=Limits.off()) as own:
        yield own


@pytest.fixture
def account(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Account]:
    """An account of the sandbox by name; keyword arguments override its settings."""

    def configured(name: str, **overrides: Any) -> Account:
        found = settings.load(
            {
                "VOUCH_HOME": str(tmp_path / "home"),
                "VOUCH_CONFIG": str(unpaced_config(tmp_path)),
                "VOUCH_SANDBOX_URL": sandbox.base_url,
            }
        )
        chosen = next(each for each in found.accounts if each.name == name)
        changed = type(chosen.settings)(
            **{
                **{key: getattr(chosen.settings, key) for key in chosen.settings.__struct_fields__},
                **overrides,
            }
        )
        return replace(chosen, settings=changed)

    return configured


@pytest.fixture
def pulling(tmp_path: Path) -> Callable[..., dict[str, Pulled]]:
    """Pulls entities of an account (all, unless named) and returns their counts."""

    def pulled(account: Account, *entities: str) -> dict[str, Pulled]:
        wanted = set(entities) or {entity.name for entity in account.vendor.entities}
        counts = pull(account, tmp_path / "home", NOON, wanted)
        return {count.entity: count for count in counts}

    return pulled


@pytest.fixture
def landed(tmp_path: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """(record_id, version, op, payload, payload_sha256) of what readers see of an entity."""

    def rows(entity: str) -> list[tuple[Any, ...]]:
        paths = [
            str(file.path)
            for file in landed_files(tmp_path / "home" / "landing")
            if file.entity == entity
        ]
        if not paths:
            return []
        columns = "record_id, version, op, payload, payload_sha256"
        return duckdb.execute(
            f"select {columns} from read_parquet($paths) order by all", {"paths": paths}
        ).fetchall()

    return rows
