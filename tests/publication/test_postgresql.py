"""Releases in PostgreSQL: a real server, real readers, killed writers."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine

from publication import ServingFailed, rollback
from publication.postgresql import serve, served_problems
from tests.expectations.agency import NOON, Agency
from tests.ingestion.postgres_server import running_postgres
from tests.publication.releasing import numbered, release

SERVE = """
import sys
from pathlib import Path
from publication.postgresql import serve
print("at work", flush=True)
serve(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """The server without anything of ours in it."""
    query(
        server, "drop schema if exists marts cascade; drop schema if exists vouch_serving cascade"
    )
    yield server


def query(url: str, statement: str) -> list[Any]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            found = connection.exec_driver_sql(statement)
            return [tuple(row) for row in found] if found.returns_rows else []
    finally:
        engine.dispose()


def test_a_release_is_served_as_it_is(agency: Agency, url: str) -> None:
    published = release(agency).release
    assert serve(agency.home, url) == published.id
    assert served_problems(agency.home, url) == []
    for mart in published.manifest()["marts"]:
        name = mart["name"]
        with duckdb.connect(str(published.database), read_only=True) as database:
            database.execute("set TimeZone = 'UTC'")
            wanted = database.execute(f"from marts.{name} order by all").fetchall()
        found = query(url, f"select * from marts.{name}")
        assert sorted(map(repr, found)) == sorted(map(repr, wanted)), name


def test_a_mart_that_did_not_change_is_there_once(agency: Agency, url: str) -> None:
    release(agency)
    serve(agency.home, url)
    before = dict(query(url, "select mart, file from vouch_serving.files"))
    release(agency, numbered(agency, 1), NOON + timedelta(minutes=1))
    serve(agency.home, url)
    after = dict(query(url, "select mart, file from vouch_serving.files"))
    assert {mart for mart in before if before[mart] != after[mart]} == {
        "dim_channels",
        "dim_companies",
    }
    (relation,) = query(url, "select relation from vouch_serving.views where mart = 'dim_channels'")
    assert query(url, f'select count(*) from vouch_serving."{relation[0]}"') == [(1,)]


def test_a_rollback_is_served(agency: Agency, url: str) -> None:
    first = release(agency, numbered(agency, 1)).release.id
    release(agency, numbered(agency, 2), NOON + timedelta(minutes=1))
    serve(agency.home, url)
    rollback(agency.home, first, at=NOON + timedelta(minutes=2))
    assert serve(agency.home, url) == first
    assert query(url, "select channel from marts.dim_channels") == [("build 1",)]


def test_marts_with_other_columns_take_the_place_of_the_old(agency: Agency, url: str) -> None:
    release(agency)
    serve(agency.home, url)
    # As an earlier version left it: another column, and a mart that there is no more.
    query(url, "update vouch_serving.views set relation = 'another' where mart = 'dim_channels'")
    query(url, "create or replace view marts.dim_channels as select 'x' as channel, 1 as other")
    query(url, "create view marts.gone as select 1 as one")
    query(url, "insert into vouch_serving.views values ('gone', 'gone')")
    release(agency, numbered(agency, 1), NOON + timedelta(minutes=1))
    serve(agency.home, url)
    assert query(url, "select * from marts.dim_channels") == [("build 1",)]
    assert query(url, "select to_regclass('marts.gone')") == [(None,)]


def test_readers_see_whole_releases_only_and_wait_for_nobody(agency: Agency, url: str) -> None:
    release(agency, numbered(agency, 0))
    serve(agency.home, url)
    seen: list[tuple[str, str]] = []
    stop = threading.Event()

    def read() -> None:
        engine = create_engine(url)
        both = (
            "select (select channel from marts.dim_channels),"
            " (select company_name from marts.dim_companies)"
        )
        while not stop.is_set():
            with engine.connect() as connection:
                seen.extend(tuple(row) for row in connection.exec_driver_sql(both))
        engine.dispose()

    reader = threading.Thread(target=read)
    reader.start()
    # One that never ends its transaction keeps what it saw, and holds nothing up.
    sleeper = create_engine(url).connect()
    sleeper.exec_driver_sql("set transaction isolation level repeatable read")
    assert sleeper.exec_driver_sql("select channel from marts.dim_channels").scalar() == "build 0"
    for number in range(1, 6):
        release(agency, numbered(agency, number), NOON + timedelta(minutes=number))
        serve(agency.home, url)
    assert sleeper.exec_driver_sql("select channel from marts.dim_channels").scalar() == "build 0"
    sleeper.close()
    stop.set()
    reader.join(timeout=30)
    assert {one == other for one, other in seen} == {True}
    assert len(set(seen)) > 3


def test_a_killed_call_leaves_what_was_shown_and_the_next_finishes(
    agency: Agency, url: str
) -> None:
    release(agency, numbered(agency, 0))
    serve(agency.home, url)
    for number in range(1, 5):
        release(agency, numbered(agency, number), NOON + timedelta(minutes=number))
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(agency.home), url], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 * number)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        ((channel, company),) = query(
            url,
            "select (select channel from marts.dim_channels),"
            " (select company_name from marts.dim_companies)",
        )
        assert channel == company
    serve(agency.home, url)
    assert served_problems(agency.home, url) == []
    assert query(url, "select channel from marts.dim_channels") == [("build 4",)]


def test_an_altered_row_is_found(agency: Agency, url: str) -> None:
    release(agency)
    serve(agency.home, url)
    (relation,) = query(url, "select relation from vouch_serving.views where mart = 'fct_revenue'")
    query(url, f'update vouch_serving."{relation[0]}" set amount = amount + 0.01')
    (problem,) = served_problems(agency.home, url)
    assert problem.where == "PostgreSQL marts.fct_revenue"


def test_what_was_not_served_yet_is_told(agency: Agency, url: str) -> None:
    published = release(agency).release
    (problem,) = served_problems(agency.home, url)
    assert problem.what == f"shows no release, not {published.id}"


def test_an_altered_file_is_not_served(agency: Agency, url: str) -> None:
    published = release(agency).release
    path = published.folder / "dim_channels.parquet"
    path.chmod(0o644)
    # As good a file as the released one, of other content.
    duckdb.sql(f"copy (select 'forged' as channel) to '{path}' (format parquet)")
    with pytest.raises(ServingFailed, match="was changed after publication"):
        serve(agency.home, url)
    assert query(url, "select * from vouch_serving.current") == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("mysql://x", r"\[serving\] postgresql is not postgresql\+pg8000://"),
        ("postgresql+pg8000://vouch:secret@127.0.0.1:9/x", r"vouch:\*\*\*@127.0.0.1:9/x could not"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_without_its_password(
    agency: Agency, wrong: str, says: str
) -> None:
    release(agency)
    with pytest.raises(ServingFailed, match=says) as raised:
        serve(agency.home, wrong)
    assert "secret" not in str(raised.value)


def test_a_type_that_postgresql_is_not_given_is_named(agency: Agency, url: str) -> None:
    published = release(agency).release
    path: Path = published.folder / "dim_channels.parquet"
    path.chmod(0o644)
    duckdb.sql(f"copy (select [1] as channel) to '{path}' (format parquet)")
    with pytest.raises(ServingFailed, match=r"dim_channels\.channel is INTEGER\[\]"):
        serve(agency.home, url)
