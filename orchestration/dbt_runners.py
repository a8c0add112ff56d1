"""dbt's own runners, but what is as it would be built again is left as it is.

dbt decides the order and does the work; here is only asked, before each node, whether its inputs
are those of its last build, and afterwards what its table holds now. A model that is built to the
same rows therefore stops the build there: what follows only from it is not touched.
"""

import time
from collections.abc import Callable
from typing import Any

from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import NodeStatus, RunStatus
from dbt.task.build import BuildTask
from dbt.task.run import ModelRunner
from dbt.task.seed import SeedRunner
from dbt.task.test import TestRunner

from orchestration.contents import Plan, Record, content_query

_GOOD = (NodeStatus.Success, NodeStatus.Pass, NodeStatus.Warn)


class Progress:
    """What is known while a build goes on. dbt finishes a node's parents before the node."""

    def __init__(
        self, plan: Plan, may_build: Callable[[str], bool], tell: Callable[[str], None]
    ) -> None:
        self.plan = plan
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

    def built(self, node: str, content: str) -> None:
        """The node was built, or the test passed."""
        known = self.plan.recorded.get(node)
        if known is None or known.content != content:
            self._moved.add(node)
        self.records.append(Record(node, self.plan.inputs(node, self.contents), content))
        self.contents[node] = content


class _Left:
    """What a runner does before and after dbt's own work."""

    progress: Progress

    def run_with_hooks(self, manifest: Any) -> Any:
        """dbt's entry to one node."""
        runner: Any = self
        node = runner.node
        if not runner.skip and self.progress.leave(node.unique_id):
            return runner._build_run_result(node, time.time(), RunStatus.Success, [], "unchanged")
        result = super().run_with_hooks(manifest)  # type: ignore[misc]
        if result.status in _GOOD:
            self.progress.built(node.unique_id, self._content(runner))
        return result

    def _content(self, runner: Any) -> str:
        if runner.node.resource_type == NodeType.Test:
            return "passed"
        with runner.adapter.connection_named(f"content of {runner.node.unique_id}"):
            _, table = runner.adapter.execute(content_query(runner.node.relation_name), fetch=True)
        return str(table[0][0])


def leave_what_is_current(
    plan: Plan, may_build: Callable[[str], bool], tell: Callable[[str], None]
) -> Progress:
    """Make ``dbt build`` of this process follow the plan; what comes of it is returned.

    ``tell`` is called with each node that is left as it is, in dbt's order.

    The map of runners is dbt's (``BuildTask.RUNNER_MAP``), not a documented interface: dbt is
    pinned, and ``tests/orchestration/test_worker.py`` fails when it changes.
    """
    progress = Progress(plan, may_build, tell)
    kinds = {NodeType.Model: ModelRunner, NodeType.Seed: SeedRunner, NodeType.Test: TestRunner}
    runners = {
        kind: type(f"Left{base.__name__}", (_Left, base), {"progress": progress})
        for kind, base in kinds.items()
    }
    BuildTask.RUNNER_MAP = {**BuildTask.RUNNER_MAP, **runners}  # type: ignore[dict-item]
    return progress
