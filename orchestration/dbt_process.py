"""``dbt build`` in a process of its own that is a copy of this one: nothing is started anew.

A fork has dbt and its manifest in memory already, where they were. The child has the warehouse
for itself; its DuckDB connection is gone when it ends, and its crash is an exit code.
"""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing.context import ForkProcess
from typing import IO, Any

from orchestration.contents import Plan, Record

_EVENTS = ("LogSeedResult", "LogModelResult", "LogTestResult")


@dataclass(slots=True)
class DbtBuild:
    """A build that is under way. What it leaves is complete when ``events`` has ended.

    Attributes:
        results: one row per node that ran, as in dbt's ``run_results.json``.
        records: what the warehouse holds now, of the nodes that were looked at.
        left: nodes that were current and were left as they are.
        error: why dbt could not work at all; empty when it did.
    """

    process: ForkProcess
    _lines: IO[bytes]
    results: list[dict[str, Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    error: str = ""

    def events(self) -> Iterator[dict[str, Any]]:
        """dbt's own events about finished nodes, as they happen, and ``{"left": node}``."""
        ended = False
        try:
            for line in self._lines:
                message = json.loads(line)
                if "event" in message:
                    yield message["event"]
                    continue
                ended = True
                self.results = message["results"]
                self.left = message["left"]
                self.records = [Record(**record) for record in message["records"]]
                self.error = message["error"]
        except BaseException:
            # Whoever reads has given up: the warehouse must be free when the lock is.
            self.process.kill()
            raise
        finally:
            self._lines.close()
            self.process.join()
        if not ended:
            self.error = _ended(self.process.exitcode or 0)


def _ended(code: int) -> str:
    if code < 0:
        return f"dbt's process was ended by {signal.Signals(-code).name}"
    return f"dbt's process ended with {code} before it was done; see the lines above"


def start(
    arguments: Sequence[str],
    manifest: Callable[[], Any],
    plan: Plan,
    may_build: Callable[[str], bool] = lambda node: True,
) -> DbtBuild:
    """Begin ``dbt build`` with these arguments.

    Args:
        arguments: of dbt's command line.
        manifest: gives dbt's parsed project; asked in the child.
        plan: what need not be built.
        may_build: whether a node is part of this build at all.
    """
    reading, writing = os.pipe()
    # Not a fresh interpreter, which would import for seconds; not a thread, which would keep
    # the warehouse open here.
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=((reading, writing), arguments, manifest, plan, may_build), name="dbt"
    )
    process.start()
    os.close(writing)
    return DbtBuild(process, os.fdopen(reading, "rb"))


def _child(
    pipe: tuple[int, int],
    arguments: Sequence[str],
    manifest: Callable[[], Any],
    plan: Plan,
    may_build: Callable[[str], bool],
) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    from orchestration.dbt_runners import leave_what_is_current

    os.close(pipe[0])
    target = os.fdopen(pipe[1], "wb")
    telling = threading.Lock()

    def tell(event: dict[str, Any]) -> None:
        try:
            with telling:
                _write(target, {"event": event})
        except BrokenPipeError:
            # Nobody is there to publish this: who started it was killed.
            os._exit(1)

    def told(message: Any) -> None:
        if message.info.name in _EVENTS:
            tell(msg_to_dict(message))

    parsed = manifest()
    progress = leave_what_is_current(plan, may_build, lambda node: tell({"left": node}), parsed)

    done = dbtRunner(manifest=parsed, callbacks=[told]).invoke(["build", *arguments])
    # Left open, what was written would be written over again by whoever opens it next.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    finished: Any = done.result
    ran = list(finished.results) if finished else []
    results = [
        {
            "unique_id": row.node.unique_id,
            "status": str(row.status),
            "failures": row.failures,
            "message": row.message,
            "execution_time": row.execution_time,
            "relation_name": row.node.relation_name,
            "compiled_code": getattr(row.node, "compiled_code", None),
        }
        for row in ran
        if row.node.unique_id not in progress.left
    ]
    error = "" if done.exception is None else f"{type(done.exception).__name__}: {done.exception}"
    _write(
        target,
        {
            "results": results,
            "left": sorted(progress.left),
            "records": [asdict(record) for record in progress.records],
            "error": error,
        },
    )


def _write(target: IO[bytes], message: dict[str, Any]) -> None:
    target.write(json.dumps(message, default=str).encode() + b"\n")
    target.flush()
