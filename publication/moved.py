"""What a release changed: headline figures and row counts that are not what they were."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from publication.summary import Figure, Summary

ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure in two releases; None where it was not, or is suppressed.

    ``metric`` is a headline's name with its ``dimensions``, or ``rows`` of a ``mart``, whose
    count is then both value and ``n``. ``note`` is the later figure's: ``held: …`` when it stands
    still because too few people changed it.
    """

    metric: str
    dimensions: Mapping[str, str]
    before: float | None
    after: float | None
    n_before: int | None
    n_after: int | None
    note: str | None = None


def moved(before: Summary, after: Summary) -> tuple[Moved, ...]:
    """Every headline whose value, count or note differs, then every mart with other rows."""
    return (*_figures(before.figures, after.figures), *_rows(before.rows, after.rows))


def _figures(before: tuple[Figure, ...], after: tuple[Figure, ...]) -> Iterator[Moved]:
    old, new = _by_name(before), _by_name(after)
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        told = Moved(
            metric=name[0],
            dimensions=dict(name[1]),
            before=was.value if was else None,
            after=now.value if now else None,
            n_before=was.n if was else None,
            n_after=now.n if now else None,
            note=now.note if now else None,
        )
        noted = was.note if was else None
        if (told.before, told.n_before, noted) != (told.after, told.n_after, told.note):
            yield told


def _by_name(figures: tuple[Figure, ...]) -> dict[tuple[str, tuple[tuple[str, str], ...]], Figure]:
    return {(each.metric, tuple(each.dimensions.items())): each for each in figures}


def _rows(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Moved]:
    for mart in sorted({*before, *after}):
        was, now = before.get(mart), after.get(mart)
        if was != now:
            yield Moved(ROWS, {"mart": mart}, was, now, was, now)
