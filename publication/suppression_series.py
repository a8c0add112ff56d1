"""Which rows of one series are shown, held as they were, or hidden."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from publication.suppression_books import Before, Earlier, Unit, UnitKey, Units, Values, moved
from publication.suppression_rule import WHOLE, SuppressionRule
from publication.suppression_system import (
    TOLERANCE,
    Cell,
    Floats,
    Moment,
    Row,
    System,
    Unknown,
    implied,
    refused,
)

Outcome = Literal["shown", "held", "hidden"]
REST = "(rest)"


@dataclass(slots=True)
class Decision:
    """The outcome of one unit. A ``still`` one is shown as it was shown before."""

    outcome: Outcome
    still: bool = False
    few: bool = False


@dataclass(slots=True)
class Series:
    """One series now and earlier, and what is decided so far."""

    rule: SuppressionRule
    smallest: int
    now: Units
    before: Mapping[UnitKey, Before]
    earlier: Earlier | None
    decided: dict[UnitKey, Decision]

    def give_up(self, key: UnitKey) -> None:
        """Hold the unit where a reader knows an earlier state of it, else hide it."""
        known = key in self.before and self.before[key].shown is not None
        self.decided[key] = Decision("held" if known else "hidden")

    def people(self, key: UnitKey) -> int:
        """Of how many people the unit tells now."""
        unit = self.now.get(key)
        return unit.people(self.rule.people) if unit else 0

    def people_before(self, key: UnitKey) -> int:
        """Of how many it told at the previous release, shown or not."""
        before = self.before.get(key)
        counts = before.people_now.values() if before else ()
        return min((count for count in counts if count > 0), default=0)

    @property
    def cells(self) -> Mapping[str, Mapping[UnitKey, int]]:
        """People of the series' months at the moments of older releases."""
        name = next(iter(self.now)).series
        return self.earlier.cells.get(name, {}) if self.earlier else {}

    @property
    def counted(self) -> str:
        """The column that counts people."""
        return self.rule.people

    def is_still(self, key: UnitKey) -> bool:
        """Whether the unit is shown as it was shown before."""
        return self.shows(key) and self.decided[key].still

    def shows(self, key: UnitKey) -> bool:
        """Whether the unit's figures of now are shown."""
        decision = self.decided.get(key)
        return decision is not None and decision.outcome == "shown"


def decide(
    rule: SuppressionRule, smallest: int, now: Units, earlier: Earlier | None
) -> dict[UnitKey, Decision]:
    """The outcome of every unit of one series."""
    before: dict[UnitKey, Before] = {}
    if earlier is not None and now:
        name = next(iter(now)).series
        before = {key: each for key, each in earlier.units.items() if key.series == name}
    return decide_series(rule, smallest, now, before, earlier)


def decide_series(
    rule: SuppressionRule,
    smallest: int,
    now: Units,
    before: Mapping[UnitKey, Before],
    earlier: Earlier | None,
) -> dict[UnitKey, Decision]:
    """The same, with the series' earlier units at hand."""
    series = Series(rule, smallest, now, before, earlier, {})
    if _is_unchanged(series):
        return {key: _as_before(series, key) for key in now}
    for key, unit in now.items():
        series.decided[key] = _alone(series, key, unit)
    open_ = [
        key
        for key, decision in series.decided.items()
        if series.people(key) and not (decision.outcome == "shown" and decision.still)
    ]
    if any(not series.shows(key) for key in now) or (before and open_):
        _together(series)
    return series.decided


def _is_unchanged(series: Series) -> bool:
    """Nothing moved that a reader could see: what was decided then holds now."""
    listed = {key for key, before in series.before.items() if before.kind != "gone"}
    if not listed or listed != set(series.now):
        return False
    for key, unit in series.now.items():
        before, counts = series.before[key], series.rule.people
        if before.people_now != {name: int(row[counts] or 0) for name, row in unit.rows.items()}:
            return False
        if before.kind != "hidden" and unit.is_hidden:
            return False
        if before.kind == "shown" and (before.shown is None or _differs(series, unit, before)):
            return False
    return True


def _differs(series: Series, unit: Unit, before: Before) -> bool:
    return before.shown is not None and moved(unit, before.shown, series.rule)[1]


def _as_before(series: Series, key: UnitKey) -> Decision:
    kind = series.before[key].kind
    if kind == "held":
        return Decision("held", still=True)
    return Decision("hidden", still=True) if kind == "hidden" else Decision("shown", still=True)


def _alone(series: Series, key: UnitKey, unit: Unit) -> Decision:
    """What the unit's own history says, its neighbours apart."""
    if unit.is_hidden:
        return Decision("hidden")
    if 0 < series.people(key) < series.smallest:
        # A fault of the mart: it is the gate's to refuse, not ours to cover up.
        return Decision("shown", still=True)
    before = series.before.get(key)
    if before is None or before.shown is None:
        return Decision("shown")
    people, differs = moved(unit, before.shown, series.rule)
    nobody = not series.people(key) and not before.shown.people(series.rule.people)
    is_revised = people == 0 and series.rule.revisions == "shown"
    if not differs or nobody or people >= series.smallest or is_revised:
        return Decision("shown", still=not differs)
    return Decision("held", few=True)


def _together(series: Series) -> None:
    """Give up what would reveal a small group in sums and differences of several rows."""
    # What is gone by now was read all the same.
    known = {**dict.fromkeys(series.now), **dict.fromkeys(series.before)}
    whole = [key for key in known if key.is_whole]
    families = _families(known)
    solved = False
    for keys in families.values():
        if any(key.window.period == "month" for key in keys):
            _solve(series, whole, keys)
            solved = True
        else:
            _compare(series, whole, keys)
    if not solved and any(key.window.period == "month" for key in whole):
        _solve(series, [], whole)
    elif not solved:
        _within_cuts(series, whole)


def _families(units: Iterable[UnitKey]) -> dict[Hashable, list[UnitKey]]:
    """Cuts that divide the same whole: by ``cut_by``, or by the columns that are not all."""
    found: dict[Hashable, list[UnitKey]] = defaultdict(list)
    for key in units:
        if not key.is_whole:
            cut = key.cut
            found[cut[0] if len(cut) > 1 and WHOLE not in cut else _mask(cut)].append(key)
    return found


def _mask(cut: Values) -> Values:
    return tuple(value == WHOLE for value in cut)


def _solve(series: Series, whole: list[UnitKey], keys: list[UnitKey]) -> None:
    """Cells are known by month: solve the linear system of all rows, now and earlier."""
    cells = {key for moment in series.cells.values() for key in moment}
    cuts = sorted({key.cut for key in (*keys, *cells) if _in_family(key, keys)}, key=str)
    moments = _moments(series, whole, keys)
    rows: list[Row] = []
    named: list[UnitKey | None] = []
    for key in sorted((*whole, *keys), key=_worth):
        parts: tuple[Hashable, ...] = (key.cut,) if key.cut in cuts else (*cuts, REST)
        before = series.before.get(key)
        if before is not None and before.shown is not None and before.shown.people(series.counted):
            rows.append(_row(key, parts, moments.index(before.since), known=True))
            named.append(None)
        if series.shows(key) and series.people(key):
            rows.append(_row(key, parts, len(moments.names) - 1, series.decided[key].still))
            named.append(key)
    system = System(moments.states, series.smallest)
    for position in refused(system, rows):
        lost = named[position]
        if lost is not None:
            series.give_up(lost)
    _superseded(series, system, list(zip(rows, named, strict=True)))


def _row(key: UnitKey, cuts: tuple[Hashable, ...], moment: int, known: bool) -> Row:
    return Row(cuts, key.window.first, key.window.after, moment, known)


def _worth(key: UnitKey) -> tuple[Hashable, ...]:
    """Headlines first, then long windows before short, the whole before cuts, recent first."""
    length = key.window.after - key.window.first
    return (-length, not key.is_whole, -key.window.first, str(key.cut))


@dataclass(slots=True)
class _Moments:
    names: list[str]
    states: list[Moment]

    def index(self, name: str) -> int:
        return self.names.index(name)


def _moments(series: Series, whole: list[UnitKey], keys: list[UnitKey]) -> _Moments:
    """The people of each cell at every release that a reader still sees, and now."""
    months = [key for key in keys if key.window.period == "month" and key in series.now]
    wholes = {key.window: key for key in whole if key.window.period == "month"}
    old = sorted({b.since for b in series.before.values() if b.shown is not None})
    previous = series.earlier.release if series.earlier and series.before else None
    names = [name for name in old if name != previous]
    counts: list[Mapping[UnitKey, int]] = []
    for name in names:
        counts.append(series.cells.get(name, {}))
    if previous is not None:
        names.append(previous)
        counts.append({key: series.people_before(key) for key in series.before})
    names.append("")
    counts.append({key: series.people(key) for key in series.now})
    known = {*months, *(key for count in counts for key in count)}
    series_months = [
        key
        for key in known
        if key.window.period == "month" and key.series == keys[0].series and _in_family(key, keys)
    ]
    wholes |= {
        key.window: key for key in known if key.window.period == "month" and key.is_whole and whole
    }
    states: list[Moment] = []
    for number, count in enumerate(counts):
        people: dict[Cell, int] = {
            (key.cut, key.window.first): count.get(key, 0) for key in series_months
        }
        if whole:
            for window, key in wholes.items():
                parts = sum(n for (_, month), n in people.items() if month == window.first)
                people[REST, window.first] = max(count.get(key, 0) - parts, 0)
        people = {cell: n for cell, n in people.items() if n}
        changed = _changed(states[-1].people, people) if states else set()
        if number == len(counts) - 1 and previous is not None:
            changed |= {
                (key.cut, key.window.first) for key in months if _figures_moved(series, key)
            }
        states.append(Moment(people, frozenset(changed)))
    return _Moments(names, states)


def _in_family(key: UnitKey, keys: list[UnitKey]) -> bool:
    if key.is_whole:
        return keys[0].is_whole
    mine = next(iter(_families([key])))
    return not keys[0].is_whole and mine == next(iter(_families(keys[:1])))


def _changed(before: Mapping[Cell, int], now: Mapping[Cell, int]) -> set[Cell]:
    return {cell for cell in {*before, *now} if before.get(cell, 0) != now.get(cell, 0)}


def _figures_moved(series: Series, key: UnitKey) -> bool:
    before = series.before.get(key)
    return (
        before is not None
        and before.kind == "shown"
        and not series.now[key].is_hidden
        and _differs(series, series.now[key], before)
    )


def _superseded(series: Series, system: System, rows: list[tuple[Row, UnitKey | None]]) -> None:
    """A window may count a person once who is in several of its months.

    Then window and months together reveal the answers that were superseded: those few.
    """
    left = [(row, key) for row, key in rows if key is None or series.shows(key)]
    lacking = [_in_months(system, row) - series.people(key) if key else 0 for row, key in left]
    suspects = [
        place
        for place, (row, _) in enumerate(left)
        if not row.known and 0 < lacking[place] < series.smallest
    ]
    if suspects:
        matrix = system.matrix([row for row, _ in left])
        exact = np.array([lack <= 0 for lack in lacking])
        for place, is_implied in zip(
            suspects, implied(matrix[exact], matrix[suspects]), strict=True
        ):
            key = left[place][1]
            if is_implied and key is not None:
                series.give_up(key)


def _in_months(system: System, row: Row) -> int:
    people = system.moments[row.moment].people
    return sum(
        n
        for (cut, month), n in people.items()
        if cut in row.cuts and row.first <= month < row.after
    )


def _compare(series: Series, whole: list[UnitKey], keys: list[UnitKey]) -> None:
    """Cuts without months: what the whole leaves over, now and since the last release."""
    wholes = {key.window: key for key in whole}
    by_window: dict[object, list[UnitKey]] = defaultdict(list)
    for key in keys:
        by_window[key.window].append(key)
    _within_cuts(series, keys)
    for window, parts in by_window.items():
        key = wholes.get(window)  # type: ignore[call-overload]
        if key is not None and series.shows(key):
            _leave_enough(series, key, parts)


def _leave_enough(series: Series, whole: UnitKey, parts: list[UnitKey]) -> None:
    """What is left of a shown whole is nobody or enough people; so is what moved in it."""
    while True:
        shown = [key for key in parts if series.shows(key)]
        rest = series.people(whole) - sum(series.people(key) for key in parts)
        left = max(rest, 0) + sum(series.people(key) for key in parts if not series.shows(key))
        gap = 0
        if not series.decided[whole].still and series.people_before(whole):
            gap = sum(
                abs(series.people(key) - series.people_before(key))
                for key in parts
                if not (series.shows(key) and _was_shown(series, key))
            )
        free = [k for k in shown if series.people(k) and not series.decided[k].still]
        if not (0 < left < series.smallest or 0 < gap < series.smallest):
            return
        if not free:
            if not series.decided[whole].still:
                series.give_up(whole)
            return
        series.give_up(min(free, key=lambda key: (series.people(key), str(key.cut))))


def _was_shown(series: Series, key: UnitKey) -> bool:
    before = series.before.get(key)
    return before is not None and before.kind == "shown"


def _within_cuts(series: Series, keys: list[UnitKey]) -> None:
    """Windows of one cut without months: chains of windows against longer ones."""
    by_cut: dict[Values, list[UnitKey]] = defaultdict(list)
    for key in keys:
        by_cut[key.cut].append(key)
    for mine in by_cut.values():
        _chains(series, mine)


def _chains(series: Series, keys: list[UnitKey]) -> None:
    bounded = [key.window for key in keys if key.window.period != "all"]
    if not bounded:
        return
    low, high = min(w.first for w in bounded), max(w.after for w in bounded)
    spans = {key: (max(key.window.first, low), min(key.window.after, high)) for key in keys}
    few = _known_intervals({spans[key]: series.people(key) for key in keys}, series.smallest)
    if not few:
        return
    targets = np.array([_months(interval, low, high) for interval in few])
    unknown = Unknown(high - low)
    for key in sorted(keys, key=lambda key: (not series.is_still(key), *_worth(key))):
        if not (series.shows(key) and series.people(key)):
            continue
        after = unknown.told(_months(spans[key], low, high))
        if after is None:
            continue
        known = np.abs(targets @ after.probe).max(axis=1) < TOLERANCE
        if known.any() and not series.is_still(key):
            series.give_up(key)
        else:
            unknown, targets = after, targets[~known]


def _months(interval: tuple[int, int], low: int, high: int) -> Floats:
    months = np.arange(low, high)
    return ((months >= interval[0]) & (months < interval[1])).astype(np.float64)


def _known_intervals(counts: Mapping[tuple[int, int], int], smallest: int) -> list[tuple[int, int]]:
    """Stretches of months whose people follow from the counts, and are few."""
    position: dict[int, tuple[int, int]] = {}
    near: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first, after), people in counts.items():
        near[first].append((after, people))
        near[after].append((first, -people))
    for number, start in enumerate(sorted(near)):
        waiting = [] if start in position else [(start, 0)]
        while waiting:
            node, people = waiting.pop()
            if node in position:
                continue
            position[node] = (number, people)
            waiting += [(other, people + more) for other, more in near[node]]
    found = []
    nodes = sorted(position)
    for place, first in enumerate(nodes):
        for after in nodes[place + 1 :]:
            if position[first][0] == position[after][0]:
                if 0 < position[after][1] - position[first][1] < smallest:
                    found.append((first, after))
                break
    return found
