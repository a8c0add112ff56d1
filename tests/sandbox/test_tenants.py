"""A tenant's landing is what a pull of its agency lands, byte for byte."""

from pathlib import Path

import duckdb
import pytest

from ingestion.landing import landed_files
from ingestion.vendor import vendor, vendor_names
from sandbox.agency import AgencyPlan
from sandbox.tenants import by_seed, land

VENDORS = {name: vendor(name).entities for name in vendor_names()}


def landed(root: Path) -> set[tuple[str, ...]]:
    files = [f"'{file.path}'" for file in landed_files(root) if file.entity != "rejects"]
    query = (
        "select entity, record_id, op, cast(version as varchar), payload_sha256 "
        f"from read_parquet([{', '.join(files)}], union_by_name = true)"
    )
    return set(duckdb.sql(query).fetchall())


@pytest.mark.slow
def test_a_tenant_lands_what_a_pull_would(built_home: Path, tmp_path: Path) -> None:
    land(tmp_path, VENDORS, [by_seed(AgencyPlan())])
    assert landed(tmp_path) == landed(built_home / "landing")


def test_tenants_share_no_record_key(tmp_path: Path) -> None:
    tenants = [by_seed(AgencyPlan(seed=seed, scale="tiny")) for seed in (1, 2)]
    count = land(tmp_path, VENDORS, tenants)
    files = [f"'{file.path}'" for file in landed_files(tmp_path)]
    query = (
        "select count(*), count(distinct source || ':' || entity || ':' || record_id), "
        f"count(distinct tenant_id || source) from read_parquet([{', '.join(files)}])"
    )
    asked = [name for name in VENDORS if vendor(name).is_asked]
    assert duckdb.sql(query).fetchall() == [(count, count, 2 * len(asked))]
