"""Credit by channel under all nine models, from touchpoints to the window."""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from math import factorial

import pytest
from attribution_rows import CHANNELS, CONVERTED, Path, Touch, inputs, touch_row
from compiled_models import CompiledModels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

touches = st.lists(
    st.builds(Touch, st.sampled_from(CHANNELS), st.integers(0, 365)), max_size=6
).map(tuple)
paths = st.builds(
    Path, touches, st.decimals(0, 100_000, places=4), st.sampled_from(["candidate", "client"])
)
costs = st.dictionaries(st.sampled_from(CHANNELS), st.decimals(-100, 10_000, places=4))


def shapley(converted: list[Path]) -> dict[str, float]:
    """By the definition: v(S) is the conversions whose channels lie within S."""
    sets = [frozenset(touch.channel for touch in path.touches) or {"unknown"} for path in converted]

    def value(coalition: frozenset[str]) -> int:
        return sum(channels <= coalition for channels in sets)

    size = len(CHANNELS)
    worth = {}
    for channel in CHANNELS:
        others = [other for other in CHANNELS if other != channel]
        worth[channel] = sum(
            factorial(count)
            * factorial(size - count - 1)
            / factorial(size)
            * (value(frozenset((*chosen, channel))) - value(frozenset(chosen)))
            for count in range(size)
            for chosen in combinations(others, count)
        )
    return worth


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=st.lists(paths, min_size=1, max_size=8),
    failed=st.lists(touches.filter(len), max_size=6),
    spent=costs,
)
def test_credit_revenue_and_cost_add_up_under_all_nine_models(
    attribution: CompiledModels,
    drawn: list[Path],
    failed: list[tuple[Touch, ...]],
    spent: dict[str, Decimal],
) -> None:
    tables = inputs(drawn, spent)
    # Journeys whose last day was 366 days before the conversions came to nothing on that day.
    tables["marts.fct_touchpoints"][1].extend(
        touch_row(f"lost{subject}", number, "candidate", touch, CONVERTED - timedelta(days=366))
        for subject, journey in enumerate(failed)
        for number, touch in enumerate(journey)
    )
    connection = attribution.run(tables, *attribution.sql)
    for kind in ("candidate", "client"):
        converted = [path for path in drawn if path.kind == kind]
        rows = connection.execute(
            "select attribution_model, sum(credit), sum(credited_revenue),"
            " sum(credited_cost + uncredited_cost)"
            " from intermediate.channel_credit_windows"
            " where channel <> 'all' and subject_kind = ? group by all",
            [kind],
        ).fetchall()
        assert len(rows) in ({9} if converted else {0, 9})
        for _, credit, revenue, cost in rows:
            assert credit == len(converted)
            assert revenue == sum(path.fee for path in converted)
            assert cost == (sum(spent.values()) if kind == "candidate" else None)
        by_channel = dict(
            connection.execute(
                "select channel, credit from intermediate.channel_credit_windows"
                " where channel <> 'all' and attribution_model = 'shapley' and subject_kind = ?",
                [kind],
            ).fetchall()
        )
        for channel, worth in shapley(converted).items():
            assert float(by_channel.get(channel, 0)) == pytest.approx(worth, abs=1e-10)


def test_a_path_of_one_channel_is_its_own_under_every_model(attribution: CompiledModels) -> None:
    path = Path((Touch("referral", 40), Touch("referral", 3)))
    connection = attribution.run(inputs([path]), *attribution.sql)
    assert connection.execute(
        "select count(*), min(credit), max(credit) from intermediate.channel_credit_windows"
        " where channel = 'referral'"
    ).fetchone() == (9, 1, 1)


def test_a_client_without_touchpoints_is_credited_to_none(
    attribution: CompiledModels,
) -> None:
    connection = attribution.run(inputs([Path((), kind="client")]), *attribution.sql)
    assert connection.execute(
        "select channel, count(*), min(credit) from intermediate.channel_credit_windows"
        " where subject_kind = 'client' group by all order by 1"
    ).fetchall() == [("all", 9, 1), ("unknown", 9, 1)]
