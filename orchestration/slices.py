"""Tables of which only a slice is built: the rows that can differ from those of the last build.

A model says in ``config.meta.slices`` into what it falls apart::

    slices:
      key: [respondent_key]
      of:
        survey_contexts: [respondent_key]
        int_notes: [person_id]

The model's rows of one key follow from the rows of that key in the parents under ``of`` (their
expressions stand in the order of ``key``) and from all rows of its other parents. When nothing but
parents under ``of`` has moved, the keys of the rows that moved there are therefore all that the
model has to be built for. Parents are named by model, or as ``source.table``, or by a pattern.

The model itself knows nothing of this: it is dbt's statement that is run, on smaller parents.
``tests/orchestration/test_slices.py`` holds each declaration against the tables it speaks of.

Rows that moved are kept in a database in memory, beside the warehouse, while a build goes on.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import duckdb

from orchestration.contents import content_query, replaced

# Of the database in memory.
_MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Slices:
    """Into what a model falls apart.

    Attributes:
        key: columns of the model.
        of: expressions over each parent's columns that are equal to the key, by unique id.
    """

    key: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]


def declared(
    meta: Mapping[str, Mapping[str, Any]], parents: Mapping[str, Iterable[str]]
) -> dict[str, Slices]:
    """What models say of themselves.

    Args:
        meta: each model's ``config.meta``, by unique id.
        parents: unique ids that a node is made from.

    Raises:
        ValueError: a declaration names no column, or a parent that the model does not have.
    """
    return {
        node: _slices(_name(node), given["slices"], parents[node])
        for node, given in meta.items()
        if "slices" in given
    }


def _slices(model: str, given: Mapping[str, Any], parents: Iterable[str]) -> Slices:
    key, of = tuple(given["key"]), {}
    names = {parent: _name(parent) for parent in parents}
    for pattern, expressions in given["of"].items():
        matching = [parent for parent, name in names.items() if fnmatchcase(name, pattern)]
        if not key or not matching or len(expressions) != len(key):
            raise ValueError(
                f"{model}: config.meta.slices.of.{pattern} must be a parent of the model, with as "
                f"many expressions as there are columns in key: {', '.join(key) or 'none'}"
            )
        of.update(dict.fromkeys(matching, tuple(expressions)))
    return Slices(key, of)


def _name(unique_id: str) -> str:
    """``model.project.name`` as name, ``source.project.schema.table`` as schema.table."""
    return unique_id.split(".", 2)[2]


def is_source(unique_id: str) -> bool:
    """Whether it is a source of dbt's, not a node."""
    return unique_id.startswith("source.")


class Moved:
    """The rows that moved in one build, and the building of what follows from them.

    Several threads may use it, each with a cursor of its own to the same warehouse.
    """

    def __init__(self, slices: Mapping[str, Slices], relations: Mapping[str, str]) -> None:
        """Nothing has moved yet.

        Args:
            slices: of the models that have them.
            relations: quoted names of the tables and views of all nodes and sources.
        """
        self._slices = slices
        self._relations = relations
        self._expressions: dict[str, list[str]] = defaultdict(list)
        for each in slices.values():
            for parent, expressions in each.of.items():
                own = self._expressions[parent]
                own += [expression for expression in expressions if expression not in own]
        self._noted: set[str] = set()
        self._attaching = threading.Lock()
        self._is_attached = False

    def covers(self, node: str, moved: Iterable[str]) -> bool:
        """Whether the node can be built in slices when these of its parents moved."""
        slices = self._slices.get(node)
        return slices is not None and all(
            parent in slices.of and (is_source(parent) or parent in self._noted) for parent in moved
        )

    def is_watched(self, node: str) -> bool:
        """Whether some model is built in slices by rows of this node, and they are not known."""
        return node in self._expressions and node not in self._noted

    def before(self, cursor: duckdb.DuckDBPyConnection, node: str) -> None:
        """Note the rows of a table that is about to be built as a whole."""
        self._attach(cursor)
        cursor.execute(f"create or replace table {_table(node, 'before')} as {self._rows(node)}")

    def after(self, cursor: duckdb.DuckDBPyConnection, node: str) -> None:
        """The table has been built: its rows that are new or no more are those that moved."""
        self._note(cursor, node, f"from {_table(node, 'before')}", self._rows(node))
        cursor.execute(f"drop table {_table(node, 'before')}")

    def build(
        self,
        cursor: duckdb.DuckDBPyConnection,
        node: str,
        statement: str,
        moved: Iterable[str],
        content: str,
    ) -> str:
        """Build the slices of a table whose keys are among the rows that moved.

        Args:
            cursor: to the warehouse, outside any transaction.
            node: the model.
            statement: makes its table from whole parents.
            moved: its parents that are not as they were; all under ``of``, and sources or known.
            content: what the table holds, as ``content_query`` says.

        Returns:
            What the table holds now.

        Raises:
            duckdb.Error: DuckDB cannot do it; the table is as before.
        """
        key, table = self._slices[node].key, self._relations[node]
        made, keys = self.made(cursor, node, statement, self._keys(self._slices[node], moved))
        old = _table(node, "old")
        cursor.execute(f"create table {old} as {_slice(table, key, keys)}")
        now = replaced(content, _content(cursor, old), _content(cursor, made))
        if self.is_watched(node):
            self._note(cursor, node, self._rows(node, old), self._rows(node, made))
        if now != content:
            cursor.execute("begin")
            try:
                cursor.execute(f"delete from {table} as t where {_among(key, keys)}")
                cursor.execute(f"insert into {table} from {made}")
            except BaseException:
                cursor.execute("rollback")
                raise
            cursor.execute("commit")
        cursor.execute(f"drop schema {_MOVED}.{_quoted(node)} cascade")
        for each in (old, keys):
            cursor.execute(f"drop table {each}")
        return now

    def made(
        self, cursor: duckdb.DuckDBPyConnection, node: str, statement: str, keys: str
    ) -> tuple[str, str]:
        """The rows that the model has for these keys, in a table beside the warehouse.

        Args:
            cursor: to the warehouse.
            node: the model.
            statement: makes its table from whole parents.
            keys: SQL for rows of the model's key, with columns ``slice_key_0`` and so on.

        Returns:
            Names of the table, and of one of the keys.

        Raises:
            duckdb.Error: DuckDB cannot do it.
        """
        self._attach(cursor)
        keys_table, schema = _table(node, "keys"), f"{_MOVED}.{_quoted(node)}"
        made = f"{schema}.{_quoted(_name(node))}"
        cursor.execute(f"create table {keys_table} as {keys}")
        cursor.execute(f"create schema {schema}")
        statement = statement.replace(self._relations[node], made)
        for parent, expressions in self._slices[node].of.items():
            # A view, of which only the columns are read that the statement asks for; with the
            # parent's name, by which the statement may speak of them.
            smaller = f"{schema}.{_quoted(_name(parent))}"
            whole = self._relations[parent]
            cursor.execute(f"create view {smaller} as {_slice(whole, expressions, keys_table)}")
            statement = statement.replace(whole, smaller)
        cursor.execute(statement)
        return made, keys_table

    def _attach(self, cursor: duckdb.DuckDBPyConnection) -> None:
        with self._attaching:
            if not self._is_attached:
                cursor.execute(f"attach ':memory:' as {_MOVED}")
                self._is_attached = True

    def _rows(self, node: str, relation: str = "") -> str:
        """SQL for a table's rows by hash, each with what others are sliced by."""
        columns = ", ".join(
            f"{expression} as {_column(number)}"
            for number, expression in enumerate(self._expressions[node])
        )
        return (
            f"select hash(t) as row_hash, {columns} from {relation or self._relations[node]} as t"
        )

    def _note(self, cursor: duckdb.DuckDBPyConnection, node: str, before: str, after: str) -> None:
        both = f"with before as ({before}), after as ({after})"
        cursor.execute(
            f"create or replace table {_table(node, 'moved')} as {both}"
            " (from before except all from after) union all (from after except all from before)"
        )
        self._noted.add(node)

    def _keys(self, slices: Slices, moved: Iterable[str]) -> str:
        """SQL for the keys of rows that moved in these parents."""
        selects = []
        for parent in moved:
            if is_source(parent):
                # Landing only grows: what moved has keys that are there.
                columns, table = slices.of[parent], self._relations[parent]
            else:
                own = self._expressions[parent]
                columns = tuple(_column(own.index(each)) for each in slices.of[parent])
                table = _table(parent, "moved")
            named = ", ".join(f"{each} as {_key(number)}" for number, each in enumerate(columns))
            selects.append(f"select {named} from {table}")
        return " union ".join(selects)


def _slice(relation: str, expressions: Iterable[str], keys: str) -> str:
    return f"select t.* from {relation} as t where {_among(expressions, keys)}"


def _among(expressions: Iterable[str], keys: str) -> str:
    equal = " and ".join(
        f"keys.{_key(number)} is not distinct from ({expression})"
        for number, expression in enumerate(expressions)
    )
    return f"exists (select 1 from {keys} as keys where {equal})"


def _table(node: str, what: str) -> str:
    return f"{_MOVED}.main.{_quoted(f'{node}:{what}')}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _key(number: int) -> str:
    return f"slice_key_{number}"


def _column(number: int) -> str:
    return f"moved_{number}"


def _content(cursor: duckdb.DuckDBPyConnection, relation: str) -> str:
    rows: list[Any] = cursor.execute(content_query(relation)).fetchall()
    return str(rows[0][0])
