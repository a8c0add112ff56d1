"""What dbt reported about its own nodes, as checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from expectations.verdict import Check, Status

# Unit tests prove code with made-up rows: they may be left out of a production build.
REQUIRED_TYPES = ("model", "seed", "snapshot", "test")
PASSED = ("success", "pass", "warn")


@dataclass(frozen=True, slots=True)
class DbtResult:
    """One line of ``run_results.json``. ``failures`` is dbt's count of failing rows."""

    unique_id: str
    status: str
    failures: int | None = None
    message: str | None = None


def required_nodes(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Unique ids of the nodes that a complete build reports, sorted."""
    nodes = manifest["nodes"]
    assert isinstance(nodes, Mapping)
    return tuple(
        sorted(
            unique_id
            for unique_id, node in nodes.items()
            if node["resource_type"] in REQUIRED_TYPES
            and node["config"].get("enabled", True)
            and node["config"].get("materialized") != "ephemeral"
        )
    )


def check_name(unique_id: str) -> str:
    """The name under which a dbt node appears in a verdict."""
    return f"dbt:{unique_id}"


def dbt_checks(manifest: Mapping[str, object], results: Iterable[DbtResult]) -> list[Check]:
    """One check per node that had to run, and one per other test that ran."""
    reported = {result.unique_id: result for result in results}
    required = required_nodes(manifest)
    extra = (name for name in sorted(reported) if name.startswith("unit_test."))
    return [_check(unique_id, reported.get(unique_id)) for unique_id in (*required, *extra)]


def _check(unique_id: str, result: DbtResult | None) -> Check:
    if result is None:
        return Check(
            name=check_name(unique_id),
            kind="dbt",
            subject=unique_id,
            status="unchecked",
            expected="a result",
            message="dbt reported nothing about this node; build all of the project",
        )
    return Check(
        name=check_name(unique_id),
        kind="dbt",
        subject=unique_id,
        status=_status(result.status),
        observed=result.status if not result.failures else f"{result.status}: {result.failures}",
        expected="pass",
        message=_message(result),
    )


def _status(reported: str) -> Status:
    if reported in PASSED:
        return "passed"
    return "failed" if reported == "fail" else "unchecked"


def _message(result: DbtResult) -> str:
    # dbt's message of a failed test is a count; of a crash it can quote a value.
    if result.status == "error":
        return "dbt could not run this node; its log says why"
    if result.status == "skipped":
        return "dbt skipped this node because one before it failed"
    return result.message or ""
