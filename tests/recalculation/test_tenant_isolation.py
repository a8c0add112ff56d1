"""A warehouse may hold many agencies: each gets exactly what it would get alone."""

import shutil
from pathlib import Path

import duckdb
import pytest

from benchmarks.agencies import build
from tests.recalculation.conftest import TENANTS

pytestmark = pytest.mark.slow

TABLES = (
    "select table_schema || '.' || table_name from information_schema.columns "
    "where table_schema in ('intermediate', 'marts') and column_name = 'tenant_id' order by 1"
)


def test_each_agency_gets_what_it_would_get_alone(agencies_home: Path, tmp_path: Path) -> None:
    alone = TENANTS[1]
    # Other keys would make other pseudonyms.
    shutil.copy(agencies_home / "pseudonym.key", tmp_path / "pseudonym.key")
    build(tmp_path, [alone], has_tests=False)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{agencies_home / 'warehouse.duckdb'}' as shared (read_only)")
        connection.execute(f"attach '{tmp_path / 'warehouse.duckdb'}' as alone (read_only)")
        tables = [name for (name,) in connection.execute(f"use alone; {TABLES}").fetchall()]
        differing = [name for name in tables if _differ(connection, name, alone.id)]
    assert len(tables) > 40
    assert differing == []


def _differ(connection: duckdb.DuckDBPyConnection, table: str, tenant: str) -> bool:
    shared = f"select * from shared.{table} where tenant_id = '{tenant}'"
    alone = f"select * from alone.{table}"
    query = f"({shared} except all {alone}) union all ({alone} except all {shared})"
    return bool(connection.execute(f"select count(*) from ({query})").fetchall()[0][0])
