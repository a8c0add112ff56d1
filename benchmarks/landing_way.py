"""``python -m benchmarks.landing_way WAY ADDRESS HOME``: land Bullhorn's records, or only read."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dlt
import duckdb
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator

from ingestion.connection import Http
from ingestion.pull import Account, pull
from ingestion.vendor import vendor
from ingestion.vendors import bullhorn
from sandbox.credentials import Credentials

_NO_PACE = 1_000_000.0
_PAGE = 500
_CALLS = {
    "candidates": (
        "search/Candidate",
        {
            "query": "id:[1 TO *]",
            "sort": "id",
            "fields": (
                "id,firstName,lastName,email,phone,isDeleted,dateAdded,dateLastModified,owner(id),"
                "occupation,status,source,referredByPerson(id),isAnonymized,linkedPerson(id),"
                "mobile,referredBy"
            ),
        },
    ),
    "job_submission_history": (
        "query/JobSubmissionHistory",
        {
            "where": "id > 0",
            "orderBy": "id",
            "fields": "id,jobSubmission(id),status,modifyingUser(id),dateAdded",
        },
    ),
}


def ours(address: str, home: Path) -> int:
    """``ingestion.pull`` into landing; returns the records landed."""
    account = Account(
        "bullhorn", vendor("bullhorn"), "demo-agency", _login(address), _unpaced(home)
    )
    pulled = pull(account, home, datetime.now(UTC), set(_CALLS))
    return sum(count.landed for count in pulled)


def read_only(address: str, home: Path) -> int:
    """Our requests and nothing else: how fast the server answers; returns the records read."""
    declared = vendor("bullhorn")
    client = declared.connect(_login(address), _unpaced(home))
    return sum(
        len(page)
        for entity in declared.entities
        if entity.name in _CALLS
        for page in entity.pages(client, None)
    )


def dlt_default(address: str, home: Path) -> int:
    """dlt as its tutorial has it: dicts, its normaliser, tables in DuckDB; returns their rows."""
    session = bullhorn.connect(_login(address), _unpaced(home))
    client = RESTClient(base_url=session.base_url, session=session.session, auth=session.auth)

    def pages(path: str, params: dict[str, Any]) -> Iterator[Any]:
        paginator = OffsetPaginator(
            _PAGE, offset_param="start", limit_param="count", total_path=None
        )
        yield from client.paginate(path, params=params, paginator=paginator, data_selector="data")

    resources = [
        dlt.resource(pages(path, dict(params)), name=name)
        for name, (path, params) in _CALLS.items()
    ]
    database = home / "loaded.duckdb"
    pipeline = dlt.pipeline(
        "landing_benchmark",
        pipelines_dir=str(home / "dlt"),
        destination=dlt.destinations.duckdb(str(database)),
        dataset_name="bullhorn",
    )
    pipeline.run(resources)
    with duckdb.connect(str(database), read_only=True) as connection:
        counts = [
            connection.execute(f"select count(*) from bullhorn.{name}").fetchone()
            for name in _CALLS
        ]
    return sum(count[0] for count in counts if count)


def _login(address: str) -> bullhorn.BullhornAccount:
    known = Credentials()
    return bullhorn.BullhornAccount(
        username=known.bullhorn_username,
        password=known.bullhorn_password,
        client_id=known.bullhorn_client_id,
        client_secret=known.bullhorn_client_secret,
        url=f"{address}/bullhorn",
    )


def _unpaced(home: Path) -> Http:
    return Http(tokens=home / "tokens", requests_per_second=_NO_PACE)


_WAYS: dict[str, Callable[[str, Path], int]] = {
    "ours": ours,
    "dlt": dlt_default,
    "read": read_only,
}


def main() -> None:
    """Land, and print the records and the seconds it took as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.landing_way", description=__doc__)
    parser.add_argument("way", choices=sorted(_WAYS))
    parser.add_argument("address")
    parser.add_argument("home", type=Path)
    given = parser.parse_args()
    given.home.mkdir(parents=True)
    started = time.perf_counter()
    records = _WAYS[given.way](given.address, given.home)
    print(json.dumps({"records": records, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
