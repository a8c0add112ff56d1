"""Student's t in SQL is that of SciPy, also where the smaller side has two clusters."""

import duckdb
import numpy as np
from macros import macro
from scipy import stats


def test_the_quantile_is_scipys_for_every_number_of_degrees_of_freedom() -> None:
    freedom = np.arange(1, 1001)
    query = (
        f"select {macro('metric_intervals.sql', 't95', 'v')} from range(1, 1001) as r(v) order by v"
    )
    found = [quantile for (quantile,) in duckdb.sql(query).fetchall()]
    np.testing.assert_allclose(found, stats.t.ppf(0.975, freedom), rtol=1e-9)


def test_without_freedom_there_is_no_quantile() -> None:
    query = f"select {macro('metric_intervals.sql', 't95', 'v')} from (values (0), (null)) as r(v)"
    assert duckdb.sql(query).fetchall() == [(None,), (None,)]
