"""What a release moved: figures and row counts, and nothing that stayed."""

from datetime import timedelta

from publication import Moved, moved, summary
from tests.expectations.agency import NOON, Agency
from tests.publication.releasing import release

ANOTHER = (
    "update marts.metric_nps set value = 50, n = 16 where metric = 'nps' and period = 'all'",
    """insert into marts.fct_survey_responses
    select * replace ('another' as response_id) from marts.fct_survey_responses limit 1""",
)


def test_a_figure_is_told_with_its_count_before_and_after(agency: Agency) -> None:
    release(agency)
    before = summary(agency.home)
    agency.change(*ANOTHER)
    release(agency, at=NOON + timedelta(minutes=1))
    told = moved(before, summary(agency.home))
    nps = [each for each in told if each.metric == "nps"]
    assert [(each.before, each.after, each.n_before, each.n_after) for each in nps] == [
        (100, 50, 6, 16)
    ]
    assert Moved("rows", {"mart": "fct_survey_responses"}, 6, 7, 6, 7) in told
    assert len(told) == 2


def test_a_figure_that_is_held_is_told_with_the_reason(agency: Agency) -> None:
    release(agency)
    before = summary(agency.home)
    agency.change("update marts.metric_nps set note = 'held: too few' where metric = 'nps'")
    release(agency, at=NOON + timedelta(minutes=1))
    (told,) = moved(before, summary(agency.home))
    assert (told.before, told.after, told.note) == (100, 100, "held: too few")


def test_nothing_moved_between_a_release_and_itself(agency: Agency) -> None:
    release(agency)
    assert moved(summary(agency.home), summary(agency.home)) == ()


def test_an_earlier_release_can_be_summed_up_too(agency: Agency) -> None:
    first = release(agency).release
    agency.change(*ANOTHER)
    release(agency, at=NOON + timedelta(minutes=1))
    figures = {figure.metric: figure for figure in summary(agency.home, first).figures}
    assert figures["nps"].value == 100
