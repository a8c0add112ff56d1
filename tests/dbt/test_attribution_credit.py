"""Credit under every model, against the definitions computed in exact fractions."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from attribution_rows import CHANNELS, Path, Touch, inputs
from compiled_models import CompiledModels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MODELS = ("conversion_touchpoints", "attribution_paths", "fct_attribution")
DIGIT = Fraction(1, 10**12)

touches = st.builds(
    Touch,
    channel=st.sampled_from(CHANNELS),
    age_days=st.integers(0, 365),
    strength=st.integers(0, 5),
)
fees = st.decimals(-10_000, 1_000_000, places=4) | st.just(Decimal(0))
paths = st.builds(
    Path,
    touches=st.lists(touches, max_size=9).map(tuple),
    fee=fees,
    kind=st.sampled_from(["candidate", "client"]),
)
costs = st.dictionaries(st.sampled_from(CHANNELS), st.decimals(-100, 10_000, places=4))


def in_order(path: Path) -> list[Touch]:
    """By time, ties by strength, then by record."""
    return sorted(path.touches, key=lambda touch: (-touch.age_days, -touch.strength))


def by_definition(path: Path) -> dict[str, list[Fraction]]:
    """Credit of each touchpoint in order, as docs and metrics.md say it in words."""
    ordered = in_order(path)
    count = len(ordered)
    if not ordered:
        return {}
    last = count - 1

    def only(winner: int) -> list[Fraction]:
        return [Fraction(int(index == winner)) for index in range(count)]

    known = [
        index
        for index, touch in enumerate(ordered)
        if touch.channel not in ("unknown", "direct", "agency_database")
    ]
    referrals = [index for index, touch in enumerate(ordered) if touch.channel == "referral"]
    strongest = min(referrals, key=lambda index: (-ordered[index].strength, index), default=last)
    if count < 3:
        position = [Fraction(1, count)] * count
    else:
        middle = Fraction(1, 5) / (count - 2)
        position = [Fraction(2, 5), *[middle] * (count - 2), Fraction(2, 5)]
    weights = [Fraction(2.0 ** (-touch.age_days / 30)) for touch in ordered]
    channels = [touch.channel for touch in ordered]
    return {
        "first_touch": only(0),
        "last_touch": only(last),
        "last_known": only(known[-1] if known else last),
        "referral_first": only(strongest),
        "linear": [Fraction(1, count)] * count,
        "position": position,
        "time_decay": [weight / sum(weights) for weight in weights],
        "shapley": [
            Fraction(1, len(set(channels)) * channels.count(channel)) for channel in channels
        ],
    }


def splits(attribution: CompiledModels, drawn: list[Path]) -> dict[tuple[str, str], list[tuple]]:
    """Rows of fct_attribution by model and conversion, in order of time."""
    connection = attribution.run(inputs(drawn), *MODELS)
    found = connection.execute(
        "select attribution_model, conversion_id, touchpoint_id, channel, credit,"
        " credited_revenue from marts.fct_attribution where credit_status = 'credited'"
        " order by 1, 2, touch_number"
    ).fetchall()
    rows = defaultdict(list)
    for model, conversion, *rest in found:
        rows[model, conversion].append(tuple(rest))
    return rows


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(paths, min_size=1, max_size=12))
def test_every_model_splits_a_conversion_as_defined_and_without_loss(
    attribution: CompiledModels, drawn: list[Path]
) -> None:
    rows = splits(attribution, drawn)
    assert len(rows) == 8 * len(drawn)
    for (model, conversion), parts in rows.items():
        path = drawn[int(conversion[1:])]
        assert sum(credit for *_, credit, _ in parts) == 1
        assert sum(revenue for *_, revenue in parts) == path.fee
        expected = by_definition(path).get(model, [Fraction(1)])
        for (*_, credit, revenue), share in zip(parts, expected, strict=True):
            assert abs(Fraction(credit) - share) <= 2 * DIGIT
            assert credit >= 0
            assert abs(Fraction(revenue) - share * Fraction(path.fee)) <= Fraction(1, 5000)


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(paths, min_size=1, max_size=12), spent=costs)
def test_cost_is_split_over_credit_to_the_last_digit(
    attribution: CompiledModels, drawn: list[Path], spent: dict[str, Decimal]
) -> None:
    connection = attribution.run(inputs(drawn, spent), *MODELS)
    found = connection.execute(
        "select attribution_model, channel, sum(credited_cost) from marts.fct_attribution"
        " where subject_kind = 'candidate' group by all having sum(credit) > 0"
    ).fetchall()
    assert all(cost == spent.get(channel, 0) for _, channel, cost in found)
    assert connection.execute(
        "select count(*) from marts.fct_attribution"
        " where credited_cost is not null and subject_kind = 'client'"
    ).fetchone() == (0,)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(paths, min_size=1, max_size=6), order=st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    attribution: CompiledModels, drawn: list[Path], order: object
) -> None:
    given_rows = inputs(drawn)
    shuffled = {
        table: (columns, order.sample(rows, len(rows)))  # type: ignore[attr-defined]
        for table, (columns, rows) in given_rows.items()
    }
    query = "select * from marts.fct_attribution order by all"
    once = attribution.run(given_rows, *MODELS).execute(query).fetchall()
    assert attribution.run(shuffled, *MODELS).execute(query).fetchall() == once


def test_removing_a_channel_moves_its_credit_and_loses_none(attribution: CompiledModels) -> None:
    """An excluded channel leaves paths that still add up, down to (none)."""
    whole = Path((Touch("event", 9), Touch("referral", 5), Touch("event", 1)))
    without = [
        Path(tuple(touch for touch in whole.touches if touch.channel not in gone))
        for gone in ((), ("referral",), ("event",), ("event", "referral"))
    ]
    rows = splits(attribution, without)
    assert {len(parts) for parts in rows.values()} == {1, 2, 3}
    assert {sum(credit for *_, credit, _ in parts) for parts in rows.values()} == {1}
    assert rows["shapley", "c0003"][0][:2] == ("(none)", "unknown")
