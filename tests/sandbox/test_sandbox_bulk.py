"""Millions of records are written as landing expects them, and fit together."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.envelope import ENVELOPE
from ingestion.landing import landed_files
from sandbox.bulk import BulkLoad, write_bulk

RECORDS = 20_000


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landing")


@pytest.fixture(scope="module")
def load(landing: Path) -> BulkLoad:
    return write_bulk(landing, RECORDS, seed=7, load_id="1793000000.5")


def _one(sql: str) -> int:
    row = duckdb.sql(sql).fetchone()
    assert row is not None
    return int(row[0])


def test_as_many_records_as_asked_for(load: BulkLoad) -> None:
    assert load.total == pytest.approx(RECORDS, rel=0.02)


def test_every_file_belongs_to_a_complete_load_in_the_envelope(
    landing: Path, load: BulkLoad
) -> None:
    files = landed_files(landing)
    assert sum(file.rows for file in files) == load.total
    for file in files:
        schema = pq.read_schema(file.path)
        assert [(f.name, f.type) for f in schema] == [(f.name, f.type) for f in ENVELOPE]


def test_the_same_seed_gives_the_same_payloads(
    load: BulkLoad, landing: Path, tmp_path: Path
) -> None:
    write_bulk(tmp_path, RECORDS, seed=7, load_id="1793000001.5")
    digest = "select sum(hash(payload_sha256) % 1000000007)::bigint from '{}/*/*/*.parquet'"
    assert _one(digest.format(landing)) == _one(digest.format(tmp_path))


def test_the_hash_is_the_payloads(load: BulkLoad, landing: Path) -> None:
    wrong = (
        f"select count(*) from '{landing}/*/*/*.parquet' where sha256(payload) <> payload_sha256"
    )
    assert _one(wrong) == 0


def test_record_ids_are_unique(load: BulkLoad, landing: Path) -> None:
    repeated = f"""
        select count(*) from (
            select source, entity, record_id from '{landing}/*/*/*.parquet'
            group by all having count(*) > 1
        )"""
    assert _one(repeated) == 0


def test_invoices_name_placements_that_exist(load: BulkLoad, landing: Path) -> None:
    lost = f"""
        select count(*) from '{landing}/xero/invoices/*.parquet' as invoices
        where (payload ->> 'Reference') <> '' and not exists (
            select 1 from '{landing}/bullhorn/placements/*.parquet' as placements
            where 'PL-' || placements.record_id = (invoices.payload ->> 'Reference'))"""
    assert _one(lost) == 0


def test_referrers_are_candidates(load: BulkLoad, landing: Path) -> None:
    people = f"'{landing}/bullhorn/candidates/*.parquet'"
    referred = f"""
        select {{}} from {people} as referred
        left join {people} as referrer
            on referrer.record_id = (referred.payload ->> '$.referredByPerson.id')
        where (referred.payload ->> '$.referredByPerson.id') is not null"""
    assert _one(referred.format("count(*)")) > 0
    assert _one(referred.format("count_if(referrer.record_id is null)")) == 0


def test_too_few_records_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        write_bulk(tmp_path, 100, seed=7, load_id="1")
