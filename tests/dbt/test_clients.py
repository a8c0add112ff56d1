"""Client figures against arithmetic that is written here anew, and what must not change them."""

from datetime import date
from itertools import islice
from math import isclose, sqrt
from typing import Any

import pytest
from client_book import CHAIN, Book, Line, compiled, month_start
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Z = 1.959963984540054
LAST_MONTH = 35
PROPERTY = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
LINES = st.lists(
    st.builds(
        Line,
        client=st.sampled_from("abcdefg"),
        month=st.integers(0, LAST_MONTH),
        amount=st.integers(1, 500),
        is_invoice=st.just(True),
    )
    | st.builds(
        Line,
        client=st.sampled_from("abcdefg"),
        month=st.integers(0, LAST_MONTH),
        amount=st.integers(-300, 0),
        is_invoice=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)
# docs/metrics/clients.md: the year 2024, and 2025 after it.
BEFORE, AFTER = 20, 30
EXAMPLE = [
    Line("old", 0, 1),
    *(Line("a", BEFORE, 100), Line("a", AFTER, 150)),
    *(Line("b", BEFORE, 100), Line("b", AFTER, 100)),
    *(Line("c", BEFORE, 200), Line("c", AFTER, 100)),
    Line("d", BEFORE, 100),
    *(Line("e", BEFORE, 100), Line("e", AFTER, -20, is_invoice=False)),
    *(Line("f", AFTER, 600), Line("g", AFTER, 200)),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All models, with a display floor of one client, so that every figure is seen."""
    folder = tmp_path_factory.mktemp("clients")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOUCH_WAREHOUSE", str(folder / "agency.duckdb"))
        return compiled(folder, suppression_k=1)


@pytest.fixture(scope="module")
def models(whole: dict[str, str]) -> dict[str, str]:
    """The models down to client retention."""
    return dict(islice(whole.items(), CHAIN.index("metric_client_retention") + 1))


def test_the_example_of_the_document(whole: dict[str, str]) -> None:
    book = Book(whole, EXAMPLE, referred=("f",))
    found = {
        metric: (value, low, high, n)
        for _, metric, start, _, value, low, high, n in book.retention()
        if start == date(2025, 1, 1)
    }
    expected = {
        "logo_retention": (0.6, 0.2307, 0.8824, 5),
        "nrr": (0.55, 0.0361, 1.0639, 5),
        "grr": (0.4667, 0.0607, 0.8726, 5),
        "revenue_churn": (0.3333, 0.0, 0.7888, 5),
    }
    for metric, figures in expected.items():
        assert found[metric] == pytest.approx(figures, abs=5e-5), metric
    growth = {
        metric: (value, low, high)
        for metric, value, low, high in book.rows(
            "select metric, value, ci_low, ci_high from marts.metric_earned_growth"
            " where period = 'trailing_12m' and period_start = '2025-01-01'"
        )
    }
    assert growth["earned_new_customers"][0] == pytest.approx(1.0)
    assert growth["earned_growth_rate"] == pytest.approx((0.55, -1.8477, 2.9477), abs=5e-5)
    assert growth["total_growth_rate"] == pytest.approx((0.8833, -1.7681, 3.5347), abs=5e-5)
    value, low, high = growth["earned_growth_ratio"]
    assert (value, low, high) == (pytest.approx(0.6226, abs=5e-5), None, None)


def test_new_business_is_a_range_while_nobody_knows_how_a_client_came(
    whole: dict[str, str],
) -> None:
    year = ("t", "trailing_12m", date(2025, 1, 1), date(2026, 1, 1), date(2025, 1, 1), True)
    book = Book(whole, EXAMPLE, referred=("f",), periods=(year,))
    found = book.rows(
        "select metric, value, range_low, range_high, n from marts.metric_earned_growth"
        " where metric like 'new%' order by metric"
    )
    assert found == [
        ("new_business_from_referrals", 0.75, 0.75, 1.0, 2),
        ("new_clients_from_referrals", 0.5, 0.5, 1.0, 2),
    ]


def test_a_shrinking_agency_has_no_earned_growth_ratio(whole: dict[str, str]) -> None:
    lines = [*EXAMPLE[:-2], Line("f", AFTER, 60), Line("g", AFTER, 40)]
    rows = Book(whole, lines, referred=("f",)).rows(
        "select metric, value, note from marts.metric_earned_growth"
        " where period = 'trailing_12m' and period_start = '2025-01-01'"
    )
    found = {metric: (value, note) for metric, value, note in rows}
    assert found["earned_growth_rate"][0] == pytest.approx(-0.35)
    assert found["total_growth_rate"][0] == pytest.approx(430 / 600 - 1)
    assert found["earned_growth_ratio"] == (None, "no total growth to take a share of")


def test_a_client_that_merges_into_another_is_not_lost(models: dict[str, str]) -> None:
    lines = [Line("kept", 0, 100), Line("gone", 13, 50), Line("kept", 30, 150)]
    apart, merged = Book(models, lines), Book(models, lines, parents={"gone": "kept"})
    query = (
        "select metric, value, n from marts.metric_client_retention"
        " where period_start = '2025-01-01' and cut_by = 'all' order by metric"
    )
    assert {m: v for m, v, _ in apart.rows(query)}["logo_retention"] == 0.0
    assert merged.rows(query)[1] == ("logo_retention", 1.0, 1)
    assert merged.rows(query)[2] == ("nrr", 3.0, 1)


def test_one_client_has_a_figure_and_no_interval_but_for_its_share(models: dict[str, str]) -> None:
    book = Book(models, [Line("sole", 0, 100), Line("sole", 12, 80)])
    rows = {row[1]: row[4:] for row in book.retention() if row[2] == date(2024, 1, 1)}
    for metric, value in (("nrr", 0.8), ("grr", 0.8), ("revenue_churn", 0.0)):
        assert rows[metric] == (value, None, None, 1)
    assert rows["logo_retention"] == pytest.approx((1.0, 0.2065, 1.0, 1), abs=5e-5)


def test_without_a_whole_earlier_window_there_is_no_row(whole: dict[str, str]) -> None:
    book = Book(whole, [Line("late", 13, 100), Line("late", 30, 100)])
    assert book.retention() == []
    assert book.rows("select * from marts.metric_earned_growth where period <> 'all'") == []
    one_earlier = Book(whole, [Line("late", 12, 100), Line("late", 30, 100)])
    assert {row[2] for row in one_earlier.retention()} == {date(2025, 1, 1)}


def test_what_is_thought_of_the_agency_is_taken_from_before_the_window(
    models: dict[str, str],
) -> None:
    lines = [Line("a", 12, 100), Line("a", 24, 100)]
    in_time = Book(models, lines, scores=(("a", 23, 10), ("a", 24, 0)))
    assert [row[3] for row in in_time.retention("nps_band")] == ["promoter"] * 4
    # Thirteen months before the window, and in its first month: neither is known and fresh.
    out_of_time = Book(models, lines, scores=(("a", 11, 10), ("a", 24, 0)))
    assert [row[3] for row in out_of_time.retention("nps_band")] == ["no_answer"] * 4


@PROPERTY
@given(lines=LINES)
def test_the_mart_equals_plain_arithmetic(models: dict[str, str], lines: list[Line]) -> None:
    found = {(row[1], row[2]): row[4:] for row in Book(models, lines).retention()}
    assert found.keys() == {(m, s) for s, figures in retention(lines).items() for m in figures}
    for start, figures in retention(lines).items():
        for metric, (value, low, high, n) in figures.items():
            assert _alike(found[metric, start], (value, low, high, n)), (metric, start)


@PROPERTY
@given(lines=LINES)
def test_the_capped_figure_is_the_smaller(models: dict[str, str], lines: list[Line]) -> None:
    rows = {(row[1], row[2]): row[4] for row in Book(models, lines).retention()}
    for (metric, start), grr in rows.items():
        if metric == "grr" and grr is not None:
            assert 0 <= grr <= 1
            assert grr <= max(0, rows["nrr", start]) + 1e-12


@PROPERTY
@given(lines=LINES, data=st.data())
def test_neither_order_nor_subsidiaries_nor_neighbours_change_anything(
    models: dict[str, str], lines: list[Line], data: st.DataObject
) -> None:
    plain = Book(models, lines).retention()
    assert Book(models, data.draw(st.permutations(lines))).retention() == plain
    moved = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    split = [
        Line(f"{line.client}-sub", line.month, line.amount, line.is_invoice)
        if number in moved
        else line
        for number, line in enumerate(lines)
    ]
    parents = {f"{lines[number].client}-sub": lines[number].client for number in moved}
    assert Book(models, split, parents).retention() == plain
    neighbour = [Line(f"{x.client}-u", 0, 7, tenant="u") for x in lines]
    both = Book(models, [*lines, *neighbour]).retention()
    assert [row for row in both if row[0] == "t"] == plain


@PROPERTY
@given(amounts=st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 500), min_size=1))
def test_unchanged_revenue_is_kept_whole(models: dict[str, str], amounts: dict[str, int]) -> None:
    lines = [Line(c, m, amount) for c, amount in amounts.items() for m in (12, 24)]
    for _, metric, _, _, value, low, high, _ in Book(models, lines).retention():
        assert value == (0.0 if metric == "revenue_churn" else 1.0)
        if metric != "logo_retention":
            assert (low, high) == (None, None)


def retention(lines: list[Line]) -> dict[date, dict[str, Any]]:
    """logo_retention, nrr, grr and revenue_churn by window, from the lines themselves."""
    first = {}
    for line in sorted((x for x in lines if x.is_invoice), key=lambda x: -x.month):
        first[line.client] = line.month
    if not first:
        return {}
    windows = range(min(first.values()) + 23, LAST_MONTH + 1)
    return {month_start(end - 11): _figures(lines, first, end) for end in windows}


def _figures(lines: list[Line], first: dict[str, int], end: int) -> dict[str, Any]:
    later, earlier = range(end - 11, end + 1), range(end - 23, end - 11)

    def revenue(client: str, months: range) -> int:
        return sum(x.amount for x in lines if x.client == client and x.month in months)

    def invoiced(client: str, months: range) -> bool:
        return any(x.is_invoice and x.client == client and x.month in months for x in lines)

    cohort = [client for client in first if invoiced(client, earlier)]
    x = [revenue(client, earlier) for client in cohort]
    y = [revenue(client, later) for client in cohort]
    stays = [invoiced(client, later) for client in cohort]
    n, kept = len(cohort), sum(stays)
    capped = [min(pair) for pair in zip(x, y, strict=True)]
    lost = [0 if stay else each for each, stay in zip(x, stays, strict=True)]
    return {
        "logo_retention": (kept / n if n else None, *_wilson(kept, n), n),
        "nrr": (*_ratio(x, y, floor=None, top=None), n),
        "grr": (*_ratio(x, capped, floor=0.0, top=1.0), n),
        "revenue_churn": (*_ratio(x, lost, floor=None, top=1.0), n),
    }


def _wilson(successes: int, n: int) -> tuple[float | None, float | None]:
    if n == 0:
        return None, None
    p, square = successes / n, Z * Z
    half = Z * sqrt(p * (1 - p) / n + square / (4 * n * n))
    low, high = ((p + square / (2 * n) + sign * half) / (1 + square / n) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def _ratio(
    x: list[int], y: list[int], floor: float | None, top: float | None
) -> tuple[float | None, float | None, float | None]:
    total = sum(x)
    if total <= 0:
        return None, None, None
    ratio = sum(y) / total
    value = ratio if floor is None else max(floor, ratio)
    residuals = [b - ratio * a for a, b in zip(x, y, strict=True)]
    n = len(x)
    if n < 2 or all(isclose(each, 0, abs_tol=1e-6) for each in residuals):
        return value, None, None
    error = sqrt(n / (n - 1) * sum(each * each for each in residuals)) / total
    low = max(min(0.0, value), value - Z * error)
    high = value + Z * error
    return value, low, high if top is None else min(max(top, value), high)


def _alike(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    return all(
        a is b if a is None or b is None else isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        for a, b in zip(found, expected, strict=True)
    )
