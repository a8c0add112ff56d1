"""The same plan gives the same bytes."""

import msgspec

from sandbox.agency import AgencyPlan, Effects, generate


def _bytes(plan: AgencyPlan) -> bytes:
    records = generate(plan).records
    return msgspec.json.encode([[*place, rows] for place, rows in records.items()])


def test_the_same_seed_gives_the_same_bytes() -> None:
    plan = AgencyPlan(seed=3, scale="tiny")
    assert _bytes(plan) == _bytes(plan)


def test_another_seed_gives_another_agency() -> None:
    assert _bytes(AgencyPlan(seed=3, scale="tiny")) != _bytes(AgencyPlan(seed=4, scale="tiny"))


def test_unplanting_costs_leaves_the_ats_as_it_was() -> None:
    planted = generate(AgencyPlan(scale="tiny"))
    plain = generate(AgencyPlan(scale="tiny", effects=Effects(referred_hires_cost_less=False)))
    for place in planted.records:
        same = planted.records[place] == plain.records[place]
        assert same or place[0] == "xero"


def test_small_is_quick_to_pull() -> None:
    assert 5_000 <= generate(AgencyPlan()).count <= 9_000
