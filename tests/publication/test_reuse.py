"""What a candidate takes from the release before it: the very same bytes, or nothing."""

import json
from datetime import timedelta

import duckdb

import publication
from publication import Candidate, build_candidate
from publication.parquet import literal
from tests.expectations.agency import NOON, Agency
from tests.publication.releasing import release

BEFORE = {"fct_revenue": "1", "dim_channels": "1", "fct_costs": "1"}


def candidate(agency: Agency, held: dict[str, str]) -> Candidate:
    """The warehouse's candidate, when it is known what these models hold."""
    return build_candidate(agency.warehouse, agency.manifest, agency.home, held=held)


def test_an_unchanged_mart_is_the_released_file_itself(agency: Agency) -> None:
    released = release(agency, candidate(agency, BEFORE)).release.folder
    agency.change("update marts.dim_channels set channel = 'another'")
    made = candidate(agency, {**BEFORE, "dim_channels": "2"})
    same = "fct_revenue.parquet"
    assert (released / same).samefile(made.folder / same)
    other = "dim_channels.parquet"
    assert not (released / other).samefile(made.folder / other)
    assert made.sha256 == build_candidate(agency.warehouse, agency.manifest, agency.home).sha256


def test_the_database_holds_the_changed_mart_and_the_tables_of_the_others(agency: Agency) -> None:
    release(agency, candidate(agency, BEFORE))
    agency.change("update marts.dim_channels set channel = 'another'")
    made = candidate(agency, {**BEFORE, "dim_channels": "2"})
    with duckdb.connect(str(made.database), read_only=True) as database:
        for mart in made.marts:
            file = literal(made.folder / f"{mart.name}.parquet")
            rows = f"(from marts.{mart.name} except all from read_parquet({file}))"
            back = f"(from read_parquet({file}) except all from marts.{mart.name})"
            found = database.execute(f"select count(*) from ({rows} union all {back})").fetchone()
            assert found == (0,), mart.name
        channels = database.execute("select distinct channel from marts.dim_channels").fetchall()
    assert channels == [("another",)]


def test_a_released_database_that_was_altered_is_not_built_upon(agency: Agency) -> None:
    released = release(agency, candidate(agency, BEFORE)).release
    released.database.chmod(0o644)
    with duckdb.connect(str(released.database)) as database:
        database.execute("delete from marts.fct_revenue")
    made = candidate(agency, BEFORE)
    with duckdb.connect(str(made.database), read_only=True) as database:
        assert database.execute("select count(*) > 0 from marts.fct_revenue").fetchone() == (True,)


def test_a_released_file_that_was_altered_is_not_taken(agency: Agency) -> None:
    released = release(agency, candidate(agency, BEFORE)).release.folder
    whole = (released / "fct_revenue.parquet").read_bytes()
    (released / "fct_revenue.parquet").chmod(0o644)
    (released / "fct_revenue.parquet").write_bytes(whole[:-1] + b"x")
    made = candidate(agency, BEFORE)
    assert (made.folder / "fct_revenue.parquet").read_bytes() == whole


def test_a_verdict_that_is_not_the_ledgers_gives_nothing_to_carry_over(agency: Agency) -> None:
    published = release(agency, at=NOON + timedelta(minutes=1)).release
    found = publication.earlier(agency.home)
    assert found is not None and found.release == published.id
    path = published.folder / "verdict.json"
    document = json.loads(path.read_text())
    path.chmod(0o644)
    path.write_text(json.dumps({**document, "basis": "forged"}))
    assert publication.earlier(agency.home) is None
