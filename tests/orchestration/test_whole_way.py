"""From the vendors to a release, by the command a person would run."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import publication
from sandbox.agency import AgencyPlan, generate
from sandbox.faults import Fault, without
from sandbox.limits import Limits
from sandbox.server import Sandbox, running
from sandbox.store import Store
from tests.conftest import Vouch

pytestmark = pytest.mark.slow

Copy = Callable[[], Vouch]
DAY = ("--day", "2026-11-01")


def test_nothing_new_makes_no_release_and_still_tells_the_figures(a_copy: Copy) -> None:
    vouch = a_copy()
    before = vouch.current()
    told = vouch.json("run", *DAY)
    assert told["built"] is False
    assert vouch.current() == before == told["summary"]["release"]["id"]
    metrics = {figure["metric"] for figure in told["summary"]["figures"]}
    assert {"nps", "cost_per_hire_external_gross", "referral_share"} <= metrics
    assert all(figure["n"] > 0 for figure in told["summary"]["figures"])
    claims = {claim["text"]: claim for claim in told["summary"]["claims"]}
    assert len(claims) == len(told["summary"]["claims"]) == 12
    cheaper = claims["Referrals lower cost-per-hire"]
    assert cheaper["verdict"] == "supported"
    assert cheaper["estimate"] < 0 and cheaper["ci_high"] < 0
    printed = vouch("run", *DAY)
    assert printed.returncode == 0, printed.stderr
    assert "Referrals lower cost-per-hire" in printed.stdout
    assert "Association, not cause." in printed.stdout


def test_every_run_is_on_record_in_dagster(built: Vouch) -> None:
    database = built.home / "dagster" / "history" / "runs.db"
    with sqlite3.connect(database) as connection:
        runs = connection.execute("select pipeline_name, status from runs").fetchall()
    assert ("whole_way", "SUCCESS") in runs


def test_a_release_verifies_and_a_row_leads_back_to_its_payload(built: Vouch) -> None:
    assert built.json("verify")["intact"] is True
    placement = _one(built, "select placement_id from marts.fct_placements where is_started")
    explained = built.json("explain", "fct_placements", str(placement))
    models = {row["model"] for row in explained["root"]["made_of"]}
    assert "int_placements" in models
    deliveries = [record for records in explained["landed"].values() for record in records]
    assert {record["via"] for record in deliveries} == {"pull"}
    assert all(record["is_intact"] for record in deliveries)
    assert explained["missing"] == []


def test_a_person_leads_back_to_the_links_between_its_records(built: Vouch) -> None:
    links = publication.current(built.home).folder / "evidence" / "int_person_links.parquet"
    person, left, right, rule = duckdb.execute(
        "select person_id, left_record, right_record, rule from read_parquet(?)"
        " where status = 'applied' and rule = 'same_phone' order by all limit 1",
        [str(links)],
    ).fetchall()[0]
    explained = built.json("explain", "dim_people", person)
    told = [
        (below["row"]["left_record"], below["row"]["right_record"], below["row"]["rule"])
        for below in explained["root"]["made_of"]
        if below["model"] == "int_person_links"
    ]
    assert (left, right, rule) in told
    assert explained["missing"] == []
    # What could not be decided is a list of the release, though this agency has none of it.
    assert (links.parent / "int_person_conflicts.parquet").exists()


def test_no_direct_identifier_of_any_person_is_in_a_release(built: Vouch, served: Sandbox) -> None:
    people = [
        person
        for entity in ("candidates", "client_contacts")
        for person in served.store["bullhorn", entity]
    ]
    secrets = {person["email"].lower() for person in people if person.get("email")}
    released = b"".join(
        path.read_bytes().lower() for path in (built.home / "serving" / "releases").rglob("*.json")
    )
    assert not [secret for secret in secrets if secret.encode() in released]
    for path in (built.home / "serving" / "releases").rglob("*.parquet"):
        values = _strings(path)
        assert not values & secrets, path.name


def test_a_failing_source_ends_with_4_and_leaves_the_release(a_copy: Copy, served: Sandbox) -> None:
    vouch = a_copy()
    before = vouch.current()
    served.faults.add(Fault("xero", "Invoices", "status", times=None, status=503))
    try:
        done = vouch("run", *DAY)
    finally:
        served.faults.clear()
    assert done.returncode == 4, done.stderr
    assert "xero.invoices: /xero/api.xro/2.0/Invoices answered 503" in done.stderr
    assert vouch.current() == before


def test_unusable_records_and_unknown_words_are_named_and_refused_and_none_is_lost(
    a_copy: Copy,
) -> None:
    vouch = a_copy()
    before = vouch.current()
    store = Store(generate(AgencyPlan()).records)
    later = 1798000000000
    placement = {**_first(store, "bullhorn", "placements"), "dateLastModified": later}
    store.upsert("bullhorn", "placements", {**placement, "salary": "abc"})
    invoice = {**_first(store, "xero", "invoices"), "UpdatedDateUTC": f"/Date({later}+0000)/"}
    store.upsert("xero", "invoices", {**invoice, "SubTotal": "much"})
    lead = {**_first(store, "bullhorn", "leads"), "dateLastModified": later}
    store.upsert("bullhorn", "leads", lead)
    other = {**dict(store["bullhorn", "placements"][1]), "dateLastModified": later}
    store.upsert("bullhorn", "placements", {**other, "status": "Brand New Status"})
    with running(store, limits=Limits.off()) as sandbox:
        sandbox.faults.add(Fault("bullhorn", "search/Lead", "mutate", mutation=without("id")))
        vouch.environment["VOUCH_SANDBOX_URL"] = sandbox.base_url
        done = vouch("run", *DAY)
    assert done.returncode == 3, done.stderr
    assert vouch.current() == before
    rejected = {row["source_entity"]: row for row in vouch.json("rejects")}
    assert rejected["bullhorn.placements"]["source_record_id"] == str(placement["id"])
    assert "salary" in rejected["bullhorn.placements"]["reason"]
    assert "SubTotal" in rejected["xero.invoices"]["reason"] or "sub_total" in str(rejected)
    assert "bullhorn.leads" in rejected
    # dbt's own tests may refuse first; whoever does, the failing checks are listed.
    assert "rejects" in done.stderr or "rejected" in done.stderr
    assert "unknown:int_unknown_values" in done.stderr or "unknown_values" in done.stderr
    assert "abc" not in done.stderr
    assert "Brand New Status" not in done.stderr


def _first(store: Store, vendor: str, entity: str) -> dict[str, object]:
    return dict(store[vendor, entity][0])


def _one(vouch: Vouch, query: str) -> object:
    database = vouch.home / "serving" / "serving.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute(f"{query} order by 1 limit 1").fetchone()
    assert row is not None
    return row[0]


def _strings(path: Path) -> set[str]:
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(path))
        texts = [
            name
            for name, kind in zip(relation.columns, relation.types, strict=True)
            if str(kind) == "VARCHAR"
        ]
        return {
            str(value).lower()
            for name in texts
            for (value,) in connection.execute(
                f'select distinct "{name}" from read_parquet($path)', {"path": str(path)}
            ).fetchall()
        }
