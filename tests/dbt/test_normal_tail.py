"""The tails of the normal and chi-square distributions in SQL are those of SciPy."""

import duckdb
import numpy as np
import pytest
from macros import macro
from scipy import special, stats


def in_sql(name: str, values: np.ndarray) -> np.ndarray:
    """The macro of each value, in one DuckDB query."""
    query = f"select {macro('normal_tail.sql', name, 'x')} as y from v order by place"
    with duckdb.connect() as connection:
        connection.execute("create table v (place int, x double)")
        connection.executemany("insert into v values (?, ?)", list(enumerate(values.tolist())))
        return np.array([y for (y,) in connection.execute(query).fetchall()], dtype=float)


EDGES = [0.46875, 4.0, 0.0]
GRID = np.unique(
    np.concatenate(
        [
            np.linspace(-6, 26, 2000),
            np.logspace(-12, 1, 200),
            *[np.nextafter(edge, [edge - 1, edge, edge + 1]) for edge in EDGES],
            *[-np.nextafter(edge, [edge - 1, edge, edge + 1]) for edge in EDGES],
        ]
    )
)


def test_erfc_is_scipys_to_thirteen_digits() -> None:
    np.testing.assert_allclose(in_sql("erfc", GRID), special.erfc(GRID), rtol=1e-13, atol=0)


def test_the_normal_tail_is_scipys() -> None:
    z = np.linspace(-8, 30, 500)
    found = in_sql("normal_tail_of_scaled", z / np.sqrt(2))
    np.testing.assert_allclose(found, stats.norm.sf(z), rtol=1e-12, atol=0)


def test_the_chi_square_tail_is_scipys() -> None:
    chi2 = np.concatenate([[0.0], np.logspace(-6, 3, 400)])
    found = in_sql("chi_square_tail_of_root", np.sqrt(chi2 / 2))
    np.testing.assert_allclose(found, stats.chi2.sf(chi2, 1), rtol=1e-12, atol=0)


@pytest.mark.parametrize("chi2", [3.841458820694124])
def test_the_critical_value_has_five_per_cent_above_it(chi2: float) -> None:
    assert in_sql("chi_square_tail_of_root", np.array([np.sqrt(chi2 / 2)]))[0] == pytest.approx(
        0.05, rel=1e-12
    )


def test_no_value_has_no_tail() -> None:
    tail = macro("normal_tail.sql", "erfc", "x")
    query = f"select {tail} from (select cast(null as double) as x)"
    assert duckdb.sql(query).fetchall() == [(None,)]
