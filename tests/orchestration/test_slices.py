"""Models that are built in slices: each falls apart into what it says, on a real warehouse."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.contents import Record, content_query, recorded
from orchestration.slices import Moved, Slices, declared, is_source


def test_a_declaration_names_parents_by_name_or_pattern() -> None:
    meta = {"model.p.m": {"slices": {"key": ["id"], "of": {"stg_*": ["id"], "v.t": ["key"]}}}}
    parents = {"model.p.m": ["model.p.stg_a", "model.p.stg_b", "model.p.c", "source.p.v.t"]}
    assert declared(meta, parents)["model.p.m"] == Slices(
        ("id",), {"model.p.stg_a": ("id",), "model.p.stg_b": ("id",), "source.p.v.t": ("key",)}
    )


@pytest.mark.parametrize(
    "slices",
    [
        {"key": ["id"], "of": {"stranger": ["id"]}},
        {"key": ["id"], "of": {"a": ["id", "other"]}},
        {"key": [], "of": {"a": []}},
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(slices: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"m: config\.meta\.slices\.of\."):
        declared({"model.p.m": {"slices": slices}}, {"model.p.m": ["model.p.a"]})


@dataclass(frozen=True)
class Warehouse:
    """A copy of the small agency's, with what is on record of it."""

    connection: duckdb.DuckDBPyConnection
    records: dict[str, Record]
    relations: dict[str, str]
    slices: dict[str, Slices]

    def content(self, relation: str) -> str:
        """What the table holds."""
        return str(self.connection.execute(content_query(relation)).fetchall()[0][0])

    def whole(self, model: str) -> str:
        """What the model's statement makes of whole parents."""
        relation = self.relations[model]
        statement = self.records[model].statement.replace(relation, "main.whole")
        self.connection.execute(statement)
        return self.content("main.whole")


@pytest.fixture(scope="module")
def warehouse(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    # The statements name the database, which is called like its file.
    copied = tmp_path_factory.mktemp("slices") / "warehouse.duckdb"
    shutil.copyfile(built_home / "warehouse.duckdb", copied)
    (target,) = (built_home / "dbt").iterdir()
    manifest = json.loads((target / "manifest.json").read_text())
    nodes = {**manifest["nodes"], **manifest["sources"]}
    slices = declared(
        {name: node["config"]["meta"] for name, node in manifest["nodes"].items()},
        manifest["parent_map"],
    )
    relations = {name: node.get("relation_name") for name, node in nodes.items()}
    with duckdb.connect(str(copied)) as connection:
        yield Warehouse(connection, recorded(connection), relations, slices)


@pytest.mark.slow
def test_a_slice_of_a_model_follows_from_slices_of_its_parents(warehouse: Warehouse) -> None:
    """Some of a parent's rows go and come again, for each model and each parent."""
    connection = warehouse.connection
    assert len(warehouse.slices) > 10
    for model, slices in warehouse.slices.items():
        record = warehouse.records[model]
        for parent in slices.of:
            told = Moved(warehouse.slices, warehouse.relations)
            if is_source(parent):
                found = told.build(connection, model, record.statement, [parent], record.content)
                assert found == record.content, (model, parent)
                connection.execute("detach moved")
                continue
            table = warehouse.relations[parent]
            # All copies of a row, where it is there more than once: it goes and comes as one.
            connection.execute(
                f"create or replace table main.gone as from {table} as t where hash(t) in"
                f" (select distinct hash(t) from {table} as t order by all limit 5)"
            )
            told.before(connection, parent)
            connection.execute(
                f"delete from {table} as t"
                " where hash(t) in (select hash(gone) from main.gone as gone)"
            )
            told.after(connection, parent)
            assert told.covers(model, [parent])
            fewer = told.build(connection, model, record.statement, [parent], record.content)
            assert fewer == warehouse.content(warehouse.relations[model]), (model, parent)
            assert fewer == warehouse.whole(model), (model, parent)
            connection.execute("detach moved")

            told = Moved(warehouse.slices, warehouse.relations)
            told.before(connection, parent)
            connection.execute(f"insert into {table} from main.gone")
            told.after(connection, parent)
            again = told.build(connection, model, record.statement, [parent], fewer)
            assert again == record.content, (model, parent)
            assert again == warehouse.content(warehouse.relations[model]), (model, parent)
            connection.execute("detach moved")
