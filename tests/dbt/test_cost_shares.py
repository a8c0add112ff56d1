"""However effort and money fall, channels bear exactly the whole of a line."""

from decimal import Decimal

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from macros import macro

EFFORTS = st.lists(st.integers(1, 10**6), min_size=1, max_size=12)
CENTS = st.integers(-(10**11), 10**11)


def shared(amount: Decimal, efforts: list[int]) -> list[Decimal]:
    """The shares of an amount by effort, as fct_costs and the lagged windows make them."""
    share = macro("running_share.sql", "running_share", "amount", "events", "running", "total")
    connection = duckdb.connect()
    connection.execute("create table effort (place int, events bigint)")
    connection.executemany("insert into effort values (?, ?)", list(enumerate(efforts)))
    rows = connection.execute(
        f"select {share} from (select cast('{amount}' as decimal(18,4)) as amount, events, "
        "cast(sum(events) over (order by place) as bigint) as running, "
        "cast(sum(events) over () as bigint) as total, place from effort) order by place"
    ).fetchall()
    return [value for (value,) in rows]


@settings(max_examples=60, deadline=None)
@given(CENTS, EFFORTS)
def test_costs_by_channel_add_up_to_the_total(cents: int, efforts: list[int]) -> None:
    amount = Decimal(cents) / 100
    assert sum(shared(amount, efforts)) == amount


@settings(max_examples=40, deadline=None)
@given(CENTS, EFFORTS)
def test_a_share_is_its_part_to_a_hundredth_of_a_cent(cents: int, efforts: list[int]) -> None:
    amount = Decimal(cents) / 100
    for share, effort in zip(shared(amount, efforts), efforts, strict=True):
        assert abs(share - amount * effort / sum(efforts)) <= Decimal("0.0002")


@settings(max_examples=40, deadline=None)
@given(CENTS, st.integers(1, 12))
def test_a_lagged_months_parts_add_up_to_it(cents: int, months: int) -> None:
    amount = Decimal(cents) / 100
    parts = shared(amount, [1] * months)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= Decimal("0.0002")
