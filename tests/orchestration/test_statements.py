"""Statements of dbt's that may be run again: those that were all of a node, and asked nothing."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from orchestration import dbt_process
from orchestration.contents import Plan, Record
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.slow

MODELS = {
    "plain": "select 1 as x",
    "asks": "{% set found = run_query('select 41 + 1').columns[0].values()[0] if execute %}"
    "select {{ found }} as x",
    "hooked": "{{ config(post_hook='select 1') }} select 1 as x",
    "viewed": "{{ config(materialized='view') }} select 1 as x",
}
MACRO = REPOSITORY / "dbt_project" / "macros" / "table.sql"
PROFILE = {"type": "duckdb", "path": "w.duckdb", "threads": 2}


def project(folder: Path, *, has_our_materialization: bool) -> list[str]:
    """A project of four models; the arguments that name it."""
    (folder / "models").mkdir(parents=True)
    (folder / "macros").mkdir()
    if has_our_materialization:
        shutil.copy(MACRO, folder / "macros")
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    profile = {
        "p": {"target": "t", "outputs": {"t": {**PROFILE, "path": str(folder / "w.duckdb")}}}
    }
    (folder / "profiles.yml").write_text(json.dumps(profile))
    described = {"name": "p", "profile": "p", "models": {"p": {"+materialized": "table"}}}
    (folder / "dbt_project.yml").write_text(json.dumps(described))
    return ["--project-dir", str(folder), "--profiles-dir", str(folder), "--quiet"]


def built(folder: Path, arguments: list[str], known: dict[str, Record]) -> dict[str, Record]:
    """Build everything, with these records of an earlier build; the records of this one."""
    manifest = dbtRunner().invoke(["parse", *arguments]).result
    parents: dict[str, tuple[str, ...]] = {f"model.p.{name}": () for name in MODELS}
    target = ["--target-path", str(folder / "target"), "--log-path", str(folder)]
    build = dbt_process.start(
        [*arguments, *target], lambda: manifest, Plan("base", parents, {}, known)
    )
    list(build.events())
    assert build.error == "" and {row["status"] for row in build.results} == {"success"}
    return {record.node.rpartition(".")[2]: record for record in build.records}


def test_a_table_that_asked_nothing_is_made_by_its_statement_alone(tmp_path: Path) -> None:
    arguments = project(tmp_path, has_our_materialization=True)
    records = built(tmp_path, arguments, {})
    assert {name for name, record in records.items() if record.statement} == {"plain"}

    # Seen by a statement that is not the model's.
    other = records["plain"].statement.replace("1 as x", "2 as x")
    changed = Record("model.p.plain", "others", "", "base", other)
    again = built(tmp_path, arguments, {"model.p.plain": changed})
    assert again["plain"].statement == other
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("from plain").fetchall() == [(2,)]

    wrong = Record("model.p.plain", "others", "", "base", "select nothing")
    assert built(tmp_path, arguments, {"model.p.plain": wrong})["plain"] == records["plain"]
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("from plain").fetchall() == [(1,)]


def test_a_table_made_in_several_statements_has_none(tmp_path: Path) -> None:
    arguments = project(tmp_path, has_our_materialization=False)
    assert not any(record.statement for record in built(tmp_path, arguments, {}).values())
