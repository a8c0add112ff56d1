"""metric_placement_retention recalculated from the agency model, held to lifelines besides."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time

from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences
from tests.recalculation.placements import followed
from tests.recalculation.retention import DAYS, FIGURES, KEYS, lives, retention
from tests.recalculation.survival import HORIZON, excess, log_rank

pytestmark = pytest.mark.slow


def cohorts(records: Records) -> Iterator[tuple[str, pd.DataFrame]]:
    """All permanent placements, and those of each referral status and job family."""
    frame = followed(records).query("population == 'perm'")
    yield "all", frame
    for cut_by in ("referral_status", "job_family", "seniority"):
        yield from ((f"{cut_by} {cut}", part) for cut, part in frame.groupby(cut_by))


def test_every_row_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_placement_retention")
    own = retention(records)
    assert differences(own, mart, KEYS, [*FIGURES, "n", "people", "is_suppressed"]) == []


def test_withheld_rows_show_nothing_and_say_so(records: Records) -> None:
    mart = records.table("marts.metric_placement_retention")
    assert lies(mart, FIGURES, "people").empty


def test_curves_are_those_of_lifelines(records: Records) -> None:
    for name, part in cohorts(records):
        life = lives(part)
        fitted = KaplanMeierFitter().fit(life.days, life.left)
        limits = fitted.confidence_interval_survival_function_
        for day in DAYS:
            if np.isnan(life.survival(day)):
                continue
            assert life.survival(day) == pytest.approx(fitted.predict(day), rel=1e-9), name
            low, high = life.interval(day)
            if not np.isnan(low):
                bounds = limits.loc[:day].iloc[-1].tolist()
                assert [low, high] == pytest.approx(bounds, rel=1e-9), name
        if not np.isnan(life.restricted_mean()):
            area = restricted_mean_survival_time(fitted, t=HORIZON)
            assert life.restricted_mean() == pytest.approx(area, rel=1e-9), name


def test_the_log_rank_test_is_that_of_lifelines(records: Records) -> None:
    for name, part in cohorts(records):
        one = lives(part[part["referral_status"] == "referred"]).until()
        two = lives(part[part["referral_status"] == "not_referred"]).until()
        if not len(one.days) or not len(two.days) or not (one.left.any() or two.left.any()):
            continue
        found = logrank_test(one.days, two.days, one.left, two.left)
        square, tail = log_rank(*excess(one, two))
        assert [square, tail] == pytest.approx([found.test_statistic, found.p_value], rel=1e-9), (
            name
        )
