"""A build of a part: what it leaves out stands, unless it rests on what was built."""

from orchestration.contents import Plan, Record
from orchestration.dbt_runners import Progress

PARENTS = {
    "answers": ("landed_answers",),
    "nps": ("answers",),
    "invoices": ("landed_invoices",),
    "revenue": ("invoices",),
    "both": ("nps", "revenue"),
}


def progress(invoices: str) -> Progress:
    """Of a build of ``answers`` and ``nps`` alone, with a new answer; all was built before."""
    before = {"landed_answers": "1", "landed_invoices": "1"}
    plan, contents, records = Plan("code", PARENTS, before, {}), dict(before), {}
    for node in PARENTS:
        records[node] = Record(node, plan.inputs(node, contents), f"old {node}")
        contents[node] = f"old {node}"
    after = {"landed_answers": "2", "landed_invoices": invoices}
    return Progress(
        Plan("code", PARENTS, after, records), {"answers", "nps"}.__contains__, lambda _: None
    )


def run(found: Progress, nps: str) -> set[str]:
    """Go through the nodes as dbt would; whose records hold afterwards."""
    for node in PARENTS:
        if not found.leave(node):
            found.built(node, nps if node == "nps" else "new rows", "")
    return {record.node for record in found.records}


def test_what_waits_elsewhere_leaves_its_tables_standing() -> None:
    found = progress(invoices="2")
    assert run(found, nps="old nps") == set(PARENTS)
    revenue = next(record for record in found.records if record.node == "revenue")
    assert revenue == found.plan.recorded["revenue"]


def test_what_rests_on_a_table_that_moved_and_is_not_built_holds_no_more() -> None:
    assert run(progress(invoices="1"), nps="new nps") == set(PARENTS) - {"both"}


def test_what_waited_is_built_when_everything_is() -> None:
    part = progress(invoices="2")
    run(part, nps="old nps")
    records = {record.node: record for record in part.records}
    sources = {"landed_answers": "2", "landed_invoices": "2"}
    assert Plan("code", PARENTS, sources, records).doubtful() == {"invoices", "revenue", "both"}
