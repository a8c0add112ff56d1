"""dbt's own runners, but what is as it would be built again is left as it is.

dbt decides the order and does the work; here is only asked, before each node, whether its inputs
are those of its last build, and afterwards what its table holds now. A model that is built to the
same rows therefore stops the build there: what follows only from it is not touched.

What dbt makes of a node follows from code and variables, unless it asks the warehouse for it, and
takes it longer than DuckDB needs for small tables. The statement of a table or a test that dbt has
run with the same code and variables is therefore run as it is, for a slice of the table where the
model says into what it falls apart. Whatever goes wrong with it, dbt does the node over and says
so in its own way.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.contracts.connection import ConnectionState
from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import NodeStatus, RunStatus, TestStatus
from dbt.task.build import BuildTask
from dbt.task.run import ModelRunner
from dbt.task.seed import SeedRunner
from dbt.task.test import TestRunner
from dbt_common.exceptions import DbtRuntimeError

from orchestration.contents import Plan, Record, content_query
from orchestration.slices import Moved, declared

_GOOD = (NodeStatus.Success, NodeStatus.Pass, NodeStatus.Warn)


class Progress:
    """What is known while a build goes on. dbt finishes a node's parents before the node."""

    def __init__(
        self,
        plan: Plan,
        may_build: Callable[[str], bool],
        tell: Callable[[str], None],
        moved: Moved | None = None,
    ) -> None:
        self.plan = plan
        self.rows = moved or Moved({}, {})
        self.may_build = may_build
        self.tell = tell
        self.contents: dict[str, str] = dict(plan.sources)
        self.records: list[Record] = []
        self.left: set[str] = set()
        # Nodes whose tables, or what they were made from, are not as before this build.
        self._moved: set[str] = set()

    def leave(self, node: str) -> bool:
        """Whether the node is not to be built; then what it holds is what it held."""
        inputs = self.plan.inputs(node, self.contents)
        known = self.plan.recorded.get(node)
        is_current = self.plan.is_current(node, inputs)
        if not is_current and self.may_build(node):
            return False
        self.left.add(node)
        self.tell(node)
        if known is not None:
            self.contents[node] = known.content
            # A build of a part: what waits elsewhere is not in these tables, and they stand.
            if is_current or self._moved.isdisjoint(self.plan.parents[node]):
                self.records.append(known)
                return True
        self._moved.add(node)
        return True

    def slices_of(self, node: str) -> frozenset[str]:
        """Parents by whose moved rows the node can be built in slices; none when it cannot."""
        moved = self.plan.moved(node, self.contents)
        if moved is None or not self.rows.covers(node, moved):
            return frozenset()
        return moved

    def built(self, node: str, content: str, statement: str) -> None:
        """The node was built, or the test passed, by this statement of dbt's, if it is known."""
        known = self.plan.recorded.get(node)
        if known is None or known.content != content:
            self._moved.add(node)
        inputs = self.plan.inputs(node, self.contents)
        self.records.append(Record(node, inputs, content, self.plan.base, statement))
        self.contents[node] = content


class _Left:
    """What a runner does before and after dbt's own work. dbt makes one for each node."""

    progress: Progress
    # Of dbt's, how the node was made this time; empty when it cannot be made so again.
    _statement = ""
    _has_asked = False
    # What the node holds, where building it has told.
    _known_content = ""

    def run_with_hooks(self, manifest: Any) -> Any:
        """dbt's entry to one node."""
        runner: Any = self
        node = runner.node
        if not runner.skip and self.progress.leave(node.unique_id):
            return runner._build_run_result(node, time.time(), RunStatus.Success, [], "unchanged")
        result = super().run_with_hooks(manifest)  # type: ignore[misc]
        if result.status in _GOOD:
            self.progress.built(node.unique_id, self._content(runner), self._statement)
        return result

    def safe_run(self, manifest: Any) -> Any:
        """dbt's entry to the work itself."""
        runner: Any = self
        node = runner.node.unique_id
        statement = self.progress.plan.statement(node)
        result = self._in_slices(statement) if statement else None
        if result is not None:
            self._statement = statement
            return result
        rows = self.progress.rows
        is_watched = (
            node in self.progress.plan.recorded
            and rows.is_watched(node)
            and _has_noted(runner, rows.before)
        )
        result = self._repeated(statement) if statement else None
        if result is not None:
            self._statement = statement
        else:
            result = super().safe_run(manifest)  # type: ignore[misc]
            if result.status in _GOOD and not self._has_asked:
                self._statement = _statement(result.node)
        if is_watched and result.status in _GOOD:
            _has_noted(runner, rows.after)
        return result

    def compile(self, manifest: Any) -> Any:
        """dbt's making of the SQL; a connection that is open afterwards was needed for it."""
        runner: Any = self
        compiled = super().compile(manifest)  # type: ignore[misc]
        connection = runner.adapter.connections.get_if_exists()
        self._has_asked = connection is not None and connection.state == ConnectionState.OPEN
        return compiled

    def _in_slices(self, statement: str) -> Any:
        """The result of building what follows from rows that moved; None unless all went well."""
        runner: Any = self
        started, node = time.time(), runner.node.unique_id
        moved = self.progress.slices_of(node)
        if not moved:
            return None
        content = self.progress.plan.recorded[node].content
        try:
            with _cursor(runner) as cursor:
                self._known_content = self.progress.rows.build(
                    cursor, node, statement, moved, content
                )
        except (duckdb.Error, DbtRuntimeError):
            return None
        return runner._build_run_result(runner.node, started, RunStatus.Success, [], "OK")

    def _repeated(self, statement: str) -> Any:
        """The result of a statement that dbt has run before; None unless all went well."""
        runner: Any = self
        started, is_test = time.time(), runner.node.resource_type == NodeType.Test
        try:
            rows = _fetched(runner, statement)
        except (duckdb.Error, DbtRuntimeError):
            return None
        if not is_test:
            return runner._build_run_result(runner.node, started, RunStatus.Success, [], "OK")
        failures, should_warn, should_error = rows[0]
        if should_warn or should_error:
            return None
        return runner._build_run_result(
            runner.node, started, TestStatus.Pass, [], None, failures=failures
        )

    def _content(self, runner: Any) -> str:
        if runner.node.resource_type == NodeType.Test:
            return "passed"
        query = content_query(runner.node.relation_name)
        return self._known_content or str(_fetched(runner, query)[0][0])


@contextmanager
def _cursor(runner: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB's own: without dbt's events about each statement, which take longer than most."""
    with runner.adapter.connection_named(runner.node.unique_id, runner.node):
        yield runner.adapter.connections.get_thread_connection().handle.cursor()


def _has_noted(runner: Any, note: Callable[[duckdb.DuckDBPyConnection, str], None]) -> bool:
    """Note rows of the runner's table; where that cannot be, what follows is built as a whole."""
    try:
        with _cursor(runner) as cursor:
            note(cursor, runner.node.unique_id)
    except (duckdb.Error, DbtRuntimeError):
        return False
    return True


def _fetched(runner: Any, statement: str) -> list[Any]:
    """The rows of a statement in a transaction of its own.

    Raises:
        duckdb.Error, DbtRuntimeError: DuckDB cannot do it; nothing is changed.
    """
    with _cursor(runner) as cursor:
        cursor.execute("begin")
        try:
            found: list[Any] = cursor.execute(statement).fetchall()
        except BaseException:
            cursor.execute("rollback")
            raise
        cursor.execute("commit")
        return found


def _statement(node: Any) -> str:
    """The SQL by which dbt has just made this table or test, where that is all it did."""
    written = Path(node.build_path).read_text(encoding="utf-8")
    if node.resource_type == NodeType.Test:
        return written
    config = node.config
    is_all = (
        config.get("materialized") == "table"
        and not config.pre_hook
        and not config.post_hook
        # As macros/table.sql makes it; another materialization may have more to do.
        and written.split()[:5] == ["create", "or", "replace", "table", node.relation_name]
    )
    return written if is_all else ""


def leave_what_is_current(
    plan: Plan,
    may_build: Callable[[str], bool],
    tell: Callable[[str], None],
    manifest: Any = None,
) -> Progress:
    """Make ``dbt build`` of this process follow the plan; what comes of it is returned.

    ``tell`` is called with each node that is left as it is, in dbt's order. ``manifest`` is dbt's
    parsed project, for what its models say of themselves.

    The map of runners is dbt's (``BuildTask.RUNNER_MAP``), not a documented interface: dbt is
    pinned, and ``tests/orchestration/test_worker.py`` fails when it changes.
    """
    progress = Progress(plan, may_build, tell, _moved(plan, manifest))
    kinds = {NodeType.Model: ModelRunner, NodeType.Seed: SeedRunner, NodeType.Test: TestRunner}
    runners = {
        kind: type(f"Left{base.__name__}", (_Left, base), {"progress": progress})
        for kind, base in kinds.items()
    }
    BuildTask.RUNNER_MAP = {**BuildTask.RUNNER_MAP, **runners}  # type: ignore[dict-item]
    return progress


def _moved(plan: Plan, manifest: Any) -> Moved:
    if manifest is None:
        return Moved({}, {})
    nodes = {**manifest.nodes, **manifest.sources}
    meta = {unique_id: nodes[unique_id].config.meta for unique_id in plan.parents}
    relations = {unique_id: node.relation_name for unique_id, node in nodes.items()}
    return Moved(declared(meta, plan.parents), relations)
