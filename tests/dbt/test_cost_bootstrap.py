"""The interval of referred against other cost per hire, drawn by the models' own SQL."""

import hashlib
import math
import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from macros import macro

PLACES = 8
HASHES = 50
DIGEST = "sha256(block || ':t:' || id)"


def weights(place: int) -> str:
    """The number of draws in one of the eight replicates of a hash."""
    return macro("bootstrap.sql", "poisson_weight", "digest", place)


def drawn(connection: duckdb.DuckDBPyConnection) -> list[float]:
    """Replicated means of the table ``unit`` (id, cost), in the order of the replicates."""
    replicates = " union all ".join(
        f"select block * {PLACES} + {place} as replicate, "
        f"sum(cost * {weights(place)}) / nullif(sum({weights(place)}), 0) as mean "
        "from hashed group by block"
        for place in range(PLACES)
    )
    rows = connection.execute(
        f"with hashed as (select unit.*, block, {DIGEST} as digest from unit "
        f"cross join range({HASHES}) as r(block)) "
        f"select mean from ({replicates}) order by replicate"
    ).fetchall()
    return [float(mean) for (mean,) in rows if mean is not None]


def units(costs: list[int], seed: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that holds placements with these costs, shuffled by a seed."""
    rows = [(f"p{number}", cost) for number, cost in enumerate(costs)]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    connection = duckdb.connect()
    connection.execute("create table unit (id varchar, cost bigint)")
    connection.executemany("insert into unit values (?, ?)", rows)
    return connection


@pytest.fixture(scope="module")
def many() -> list[int]:
    """Skewed costs of two thousand placements."""
    dice = random.Random(7)
    return [round(dice.expovariate(1 / 900)) for _ in range(2000)]


def test_a_weight_is_the_poisson_count_of_its_uniform() -> None:
    connection = duckdb.connect()
    for step in range(1, 20):
        digits = f"{int(step / 20 * 2**32):08x}"
        found = connection.execute(f"select {weights(0)} from (select '{digits}' as digest)")
        cumulative, count = math.exp(-1), 0
        while cumulative <= step / 20:
            count += 1
            cumulative += math.exp(-1) / math.factorial(count)
        assert found.fetchone() == (count,), digits


def test_each_eight_digits_of_a_hash_are_their_own_draw() -> None:
    text = hashlib.sha256(b"any").hexdigest()
    connection = duckdb.connect()
    for place in range(PLACES):
        alone = text[8 * place : 8 * place + 8]
        query = f"select {weights(place)} from (select '{text}' as digest)"
        single = f"select {weights(0)} from (select '{alone}' as digest)"
        assert connection.execute(query).fetchone() == connection.execute(single).fetchone()


def test_weights_have_mean_and_variance_one(many: list[int]) -> None:
    connection = units(many)
    parts = " union all ".join(f"select {weights(place)} as w from hashed" for place in range(8))
    found = connection.execute(
        f"with hashed as (select {DIGEST} as digest from unit "
        f"cross join range({HASHES}) as r(block)) select avg(w), var_pop(w) from ({parts})"
    ).fetchone()
    # 800,000 draws: the standard error of the mean is 0.0011.
    assert found == pytest.approx((1, 1), abs=0.006)


def test_a_large_sample_agrees_with_normal_theory(many: list[int]) -> None:
    means = drawn(units(many))
    assert len(means) == PLACES * HASHES
    n, mean = len(many), sum(many) / len(many)
    error = math.sqrt(sum((cost - mean) ** 2 for cost in many)) / n
    low, high = sorted(means)[9], sorted(means)[-10]
    spread = math.sqrt(sum((value - mean) ** 2 for value in means) / len(means))
    # 400 replicates know a standard error to about 3.5 %.
    assert spread == pytest.approx(error, rel=0.11)
    assert (low - mean, high - mean) == pytest.approx((-1.96 * error, 1.96 * error), rel=0.2)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-500, 5000), min_size=1, max_size=30), st.integers(0, 9))
def test_the_order_of_rows_draws_alike(costs: list[int], seed: int) -> None:
    means = drawn(units(costs))
    assert means == drawn(units(costs, seed))
    assert all(min(costs) - 1e-9 <= mean <= max(costs) + 1e-9 for mean in means)
