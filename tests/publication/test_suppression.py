"""Nobody can be singled out by sums and differences of what two releases publish."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from publication.suppression import protect
from publication.suppression_moved import Moved, read_moved
from tests.publication.attacker import MART, Answer, mart, read, revealed_groups, write

MONTHS = 7
CUTS = ("client", "other", "site")


def publish(folder: Path, name: str, answers: list[Answer], previous: str | None = None) -> Path:
    """A release of these answers, after another."""
    release = write(mart(answers, MONTHS), folder / name)
    protect(release, [MART], folder / previous if previous else None)
    return release


def rows_of(folder: Path, *key: str) -> list[dict[str, object]]:
    return [row for row in read(folder) if (row["period"], row["cut"]) == key]


def some(*counts: tuple[int, str, int], start: int = 0) -> list[Answer]:
    """So many answers of alternating scores per (month, cut, count)."""
    found: list[Answer] = []
    for month, cut, count in counts:
        found += [Answer(start + len(found) + i, month, cut, (i % 3) - 1) for i in range(count)]
    return found


answers = st.lists(
    st.tuples(st.integers(0, MONTHS - 1), st.sampled_from(CUTS), st.integers(1, 8)),
    min_size=1,
    max_size=9,
)
arrivals = st.lists(
    st.tuples(st.integers(0, MONTHS - 1), st.sampled_from(CUTS), st.integers(1, 6)),
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers, arrivals, st.integers(0, 3))
@example([(0, "client", 8), (1, "client", 3), (2, "client", 9)], [(1, "client", 4)], 0)
def test_an_attacker_with_two_releases_learns_of_no_small_group(
    first: list[tuple[int, str, int]], later: list[tuple[int, str, int]], lost: int
) -> None:
    before = some(*first)
    after = [*before[lost:], *some(*later, start=10_000)]
    folder = Path(tempfile.mkdtemp())
    try:
        one, two = publish(folder, "r1", before), publish(folder, "r2", after, "r1")
        for releases in (
            [("r1", read(one), before)],
            [("r1", read(one), before), ("r2", read(two), after)],
        ):
            assert not revealed_groups(releases, MONTHS)
    finally:
        shutil.rmtree(folder)


def everything_moved(
    now: Path, before: Path | None, memory: Path | None, _: object, __: object
) -> Moved:
    """As if each series had to be looked at."""
    return read_moved(now, before, memory, ())


WAYS = {"everything": everything_moved, "what is shown": read_moved, "with bare": read_moved}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(answers, answers), min_size=2, max_size=3), st.data())
def test_series_that_stand_are_left_out_and_not_a_byte_differs(
    histories: list[tuple[list[tuple[int, str, int]], list[tuple[int, str, int]]]],
    data: st.DataObject,
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        tenants = [some(*first) for first, _ in histories]
        for number in range(4):
            rows = [
                {**row, "tenant_id": f"tenant {tenant}"}
                for tenant, found in enumerate(tenants)
                for row in mart(found, MONTHS)
            ]
            for name, way in WAYS.items():
                release = write(rows, folder / name / f"r{number}")
                write(rows, folder / "bare" / name / f"r{number}")
                previous = release.parent / f"r{number - 1}" if number else None
                bare = folder / "bare" / name / f"r{number - 1}" if name == "with bare" else None
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr("publication.suppression.read_moved", way)
                    protect(release, [MART], previous, bare)
            for name in WAYS:
                assert files(folder / name) == files(folder / "everything")
            moved = data.draw(st.integers(0, len(tenants) - 1))
            tenants[moved] = [*tenants[moved], *some(*histories[moved][1], start=1000 * number)]
    finally:
        shutil.rmtree(folder)


def files(folder: Path) -> dict[str, bytes]:
    """All bytes below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")
    }


def test_the_mart_alone_would_reveal_a_month(tmp_path: Path) -> None:
    """The attacker is able: without protection a quarter less two months is the third."""
    found = some((0, "client", 8), (1, "client", 3), (2, "client", 9))
    bare = write(mart(found, 3), tmp_path / "bare")
    groups = revealed_groups([("bare", read(bare), found)], 3)
    assert {frozenset(a.month for a in group) for group in groups} == {frozenset({1})}


def test_the_headline_is_kept_and_a_month_goes(tmp_path: Path) -> None:
    found = some((0, "client", 8), (1, "client", 3), (2, "client", 9))
    release = publish(tmp_path, "r1", found)
    assert not rows_of(release, "all", "all")[0]["is_suppressed"]
    months = {row["period_start"].month: row for row in rows_of(release, "month", "all")}  # type: ignore[attr-defined]
    assert [months[m]["is_suppressed"] for m in (1, 2, 3)].count(True) == 2
    assert all(
        row["value"] is None and row["numerator"] is None and row["denominator"] is None
        for row in read(release)
        if row["is_suppressed"]
    )


def test_a_few_new_answers_are_held_until_there_are_enough(tmp_path: Path) -> None:
    first = some((0, "client", 20))
    second = [*first, *some((0, "client", 2), start=100)]
    third = [*second, *some((0, "client", 3), start=200)]
    publish(tmp_path, "r1", first)
    held = rows_of(publish(tmp_path, "r2", second, "r1"), "all", "all")[0]
    assert (held["n"], held["note"]) == (20, "held: fewer than 5 people changed since r1")
    through = rows_of(publish(tmp_path, "r3", third, "r2"), "all", "all")[0]
    assert (through["n"], through["note"]) == (25, None)


def test_a_changed_answer_with_the_same_count_is_held(tmp_path: Path) -> None:
    first = [Answer(i, 0, "client", 1) for i in range(20)]
    publish(tmp_path, "r1", first)
    changed = [Answer(0, 0, "client", -1), *first[1:]]
    held = rows_of(publish(tmp_path, "r2", changed, "r1"), "all", "all")[0]
    assert held["numerator"] == 20.0
    assert held["note"] == "held: fewer than 5 people changed since r1"


def test_a_cut_that_moved_little_is_not_left_over(tmp_path: Path) -> None:
    """The whole moves by 7, one cut by 6: their difference would be the other's one."""
    first = some((0, "client", 20), (0, "other", 20))
    second = [*first, *some((0, "client", 6), (0, "other", 1), start=100)]
    one, two = publish(tmp_path, "r1", first), publish(tmp_path, "r2", second, "r1")
    releases = [("r1", read(one), first), ("r2", read(two), second)]
    assert not revealed_groups(releases, MONTHS)
    assert rows_of(two, "all", "all")[0]["n"] == 47
    assert rows_of(two, "all", "client")[0]["n"] == 20


@pytest.mark.parametrize("step", [0, 1, 2, 5])
def test_the_same_data_after_a_release_give_the_same_bytes(tmp_path: Path, step: int) -> None:
    first = some((0, "client", 8), (1, "client", 3), (2, "client", 9), (2, "other", 6))
    second = [*first, *some((2, "client", step), (2, "other", 1), start=100)]
    publish(tmp_path, "r1", first)
    two = publish(tmp_path, "r2", second, "r1")
    three = publish(tmp_path, "r3", second, "r2")
    assert [path.name for path in sorted(two.rglob("*.parquet"))] == [
        path.name for path in sorted(three.rglob("*.parquet"))
    ]
    for path in two.rglob("*.parquet"):
        assert path.read_bytes() == (three / path.relative_to(two)).read_bytes()


def test_a_hidden_row_that_was_shown_once_is_compared_with_that(tmp_path: Path) -> None:
    first = some((0, "client", 6), (1, "client", 30))
    publish(tmp_path, "r1", first)
    fewer = first[2:]
    publish(tmp_path, "r2", fewer, "r1")
    again = [*fewer, *some((0, "client", 3), start=100)]
    third = publish(tmp_path, "r3", again, "r2")
    month = rows_of(third, "month", "client")[0]
    assert month["note"] == "held: fewer than 5 people changed since r1"
    assert month["n"] == 6


def test_the_first_release_depends_on_its_rows_alone(tmp_path: Path) -> None:
    found = some((0, "client", 8), (1, "client", 3), (2, "client", 9))
    one = publish(tmp_path / "a", "r1", found)
    two = publish(tmp_path / "b", "other", list(reversed(found)))
    assert (one / "metric_scores.parquet").read_bytes() == (
        two / "metric_scores.parquet"
    ).read_bytes()
