"""What can be had by adding and subtracting shown rows: the linear system of one series.

A series is a table of cells, one per cut and month; a row of a mart is the sum of the cells
of its cut (or of all cuts) over its months, as they were at one moment. Whoever reads the
rows knows these sums and no others. A set of cells is revealed if its sum is a combination
of the rows; it must not be revealed while fewer than a limit of people are in it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Cell = tuple[Hashable, int]
Group = tuple[int, ...]
TOLERANCE = 1e-6
PROBES = 3
# Fixed: the same rows must always give the same answer.
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Moment:
    """The people of each cell at one moment; ``changed`` cells differ from the moment before.

    A cell that is not named holds nobody, and everybody knows it.
    """

    people: Mapping[Cell, int]
    changed: frozenset[Cell] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells of ``cuts`` over months ``first`` up to ``after``, as of a moment.

    A ``known`` row has been read already, and cannot be taken back.
    """

    cuts: tuple[Hashable, ...]
    first: int
    after: int
    moment: int
    known: bool = False


@dataclass(frozen=True, slots=True)
class Atom:
    """A smallest group that could be revealed: ``people`` of them, as a sum of variables.

    Variables of ``leaving`` people count negative in a cell and positive on their own.
    """

    people: int
    variables: Group
    leaving: bool = False


@dataclass(slots=True)
class System:
    """Cells at each moment as sums of variables: what was there first, and each change since."""

    moments: Sequence[Moment]
    limit: int
    cells: dict[Cell, list[Group]] = field(default_factory=dict)
    size: int = 0
    # 1 for who came, -1 for who left.
    signs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Number the variables; an empty cell has none."""
        named = {cell for moment in self.moments for cell in moment.people}
        for cell in sorted(named, key=lambda each: (str(each[0]), each[1])):
            states: list[Group] = []
            people = 0
            for moment in self.moments:
                before = states[-1] if states else ()
                previous, people = people, moment.people.get(cell, 0)
                if not moment.people.get(cell):
                    states.append(())
                elif before and cell not in moment.changed:
                    states.append(before)
                else:
                    states.append((*before, self.size))
                    self.signs.append(-1.0 if before and people < previous else 1.0)
                    self.size += 1
            self.cells[cell] = states

    def atoms(self) -> list[Atom]:
        """Cells of fewer people than the limit at any moment, and changes by so few."""
        found: dict[tuple[Group, bool], int] = {}
        for cell, states in self.cells.items():
            previous = 0
            for moment, variables in zip(self.moments, states, strict=True):
                people = moment.people.get(cell, 0)
                if variables and people < self.limit:
                    key = variables, False
                    found[key] = min(people, found.get(key, people))
                moved = max(abs(people - previous), 1)
                if len(variables) > 1 and moved < self.limit and cell in moment.changed:
                    key = variables[-1:], self.signs[variables[-1]] < 0
                    found[key] = min(moved, found.get(key, moved))
                previous = people
        return [Atom(people, *key) for key, people in found.items()]

    def vector(self, atom: Atom) -> Floats:
        """The atom's part of each variable."""
        out = np.zeros(self.size)
        for variable in atom.variables:
            out[variable] = 1.0 if atom.leaving else self.signs[variable]
        return out

    def matrix(self, rows: Sequence[Row]) -> Floats:
        """One line per row, one column per variable."""
        codes = {cut: code for code, cut in enumerate({cell[0]: None for cell in self.cells})}
        cut_of = np.array([codes[cut] for cut, _ in self.cells], dtype=int)
        month_of = np.array([month for _, month in self.cells], dtype=int)
        out = np.zeros((len(rows), self.size))
        for moment in range(len(self.moments)):
            contents = np.zeros((len(self.cells), self.size))
            for number, states in enumerate(self.cells.values()):
                variables = list(states[moment])
                contents[number, variables] = np.array(self.signs)[variables]
            here = [number for number, row in enumerate(rows) if row.moment == moment]
            holds = np.zeros((len(here), len(self.cells)))
            for line, number in enumerate(here):
                row = rows[number]
                within = (month_of >= row.first) & (month_of < row.after)
                cuts = [codes[cut] for cut in row.cuts if cut in codes]
                holds[line] = within & np.isin(cut_of, cuts)
            out[here] = holds @ contents
        return out


class Unknown:
    """What a reader cannot tell: the directions in which the variables may still differ."""

    def __init__(self, size: int) -> None:
        """Nothing is known of ``size`` variables."""
        self._free: Floats = np.eye(size)
        # A set of variables is known if it is zero under the probes: every free direction
        # has a part in them, almost surely.
        self.probe: Floats = np.random.default_rng(SEED).standard_normal((size, PROBES))

    def told(self, row: Floats) -> "Unknown | None":
        """The same after a row was read; None if it says nothing new."""
        direction = self._free @ row
        length = float(row @ direction)
        if length < TOLERANCE:
            return None
        after = Unknown.__new__(Unknown)
        after._free = self._free - np.outer(direction, direction) / length
        after.probe = self.probe - np.outer(direction, row @ self.probe) / length
        return after


class Groups:
    """The groups of fewer people than the limit: every set of atoms that has so few.

    Such a set has at most ``limit - 1`` members, met as one or two pairs: complete up to a
    limit of 5.
    """

    def __init__(self, parts: Floats, people: Numbers, limit: int) -> None:
        """One atom per line of ``parts``: its part of each variable."""
        self._parts, self._people, self._limit = parts, people, limit
        self._ones = np.arange(len(parts))[:, None]
        pairs = np.stack(np.triu_indices(len(parts), 1), axis=1)
        together = self._people[pairs].sum(axis=1)
        self._pairs = pairs[together < self._limit]
        # One person or more is still to come, or two.
        self._pairs_of_three = pairs[together < self._limit - 1]
        self._pairs_of_four = pairs[together < self._limit - 2]

    def revealed(self, probe: Floats) -> set[Group]:
        """Those that are known, each as positions of its atoms."""
        return set().union(*self._revealed(probe))

    def reveals_more(self, probe: Floats, than: set[Group]) -> bool:
        """Whether a group is known that is not among these."""
        return any(not groups <= than for groups in self._revealed(probe))

    def _revealed(self, probe: Floats) -> Iterator[set[Group]]:
        values = self._parts @ probe
        zero = np.abs(values).max(axis=1, initial=0.0) < TOLERANCE
        yield {(int(position),) for position in np.flatnonzero(zero)}
        # Whatever else a known atom is added to is no more known than before.
        values[zero] = np.nan
        yield _groups(_cancelling(self._pairs, values))
        yield self._joined(values, self._ones, self._pairs_of_three)
        yield self._joined(values, self._pairs_of_four, self._pairs_of_four)

    def _joined(self, values: Floats, ones: Numbers, others: Numbers) -> set[Group]:
        """Groups of one part of each list whose values add up to zero, and no less."""
        # One probe finds them, all together confirm.
        left, right = _opposite(_sums(ones, values[:, 0]), _sums(others, values[:, 0]))
        groups = np.sort(np.concatenate([ones[left], others[right]], axis=1), axis=1)
        apart = (np.diff(groups, axis=1) > 0).all(axis=1)
        apart &= self._people[groups].sum(axis=1) < self._limit
        return _groups(_cancelling(groups[apart], values))


def _sums(groups: Numbers, values: Floats) -> Floats:
    total: Floats = values[groups[:, 0]]
    for member in groups.T[1:]:
        total = total + values[member]
    return total


def _cancelling(groups: Numbers, values: Floats) -> Numbers:
    """Those whose values add up to zero under every probe."""
    for probe in values.T:
        groups = groups[np.abs(_sums(groups, probe)) < TOLERANCE]
    return groups


def _groups(listed: Numbers) -> set[Group]:
    return {tuple(map(int, group)) for group in listed}


def _opposite(values: Floats, others: Floats) -> tuple[Numbers, Numbers]:
    """Positions in both whose values add up to zero; what is not a number does not."""
    order = np.argsort(others)
    # Not-a-numbers are sorted to the end, and nothing is near them.
    keys = np.append(others[order], np.nan)
    # Sorted questions are answered several times faster.
    asked = np.argsort(-values)
    wanted = -values[asked]
    low = np.searchsorted(keys, wanted - TOLERANCE)
    near = np.flatnonzero(keys[np.minimum(low, len(keys) - 1)] <= wanted + TOLERANCE)
    low = low[near]
    times = np.searchsorted(keys, wanted[near] + TOLERANCE, side="right") - low
    left = np.repeat(asked[near], times)
    within = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times)
    return left, order[np.repeat(low, times) + within]


def refused(system: System, rows: Sequence[Row]) -> frozenset[int]:
    """Positions of the rows that must not be shown; the others reveal no small group.

    Rows are taken in their order, so the most useful come first; the known ones before all.
    What those reveal by themselves cannot be undone, and is left.
    """
    atoms = system.atoms()
    if not rows or not atoms:
        return frozenset()
    parts = np.zeros((len(atoms), system.size))
    for number, atom in enumerate(atoms):
        parts[number] = system.vector(atom)
    return _refused(
        system.matrix(rows).tobytes(),
        tuple(row.known for row in rows),
        parts.tobytes(),
        tuple(atom.people for atom in atoms),
        system.limit,
    )


# Figures of the same people, such as one per attribution model, pose the same question.
@lru_cache(maxsize=256)
def _refused(
    rows: bytes, known: tuple[bool, ...], parts: bytes, people: tuple[int, ...], limit: int
) -> frozenset[int]:
    matrix = np.frombuffer(rows).reshape(len(known), -1)
    size = matrix.shape[1]
    groups = Groups(np.frombuffer(parts).reshape(-1, size), np.array(people, dtype=int), limit)
    unknown = Unknown(size)
    for row in matrix[list(known)]:
        unknown = unknown.told(row) or unknown
    before = groups.revealed(unknown.probe)
    out: set[int] = set()
    for position in np.flatnonzero(~np.array(known)):
        after = unknown.told(matrix[position])
        if after is None:
            continue
        if groups.reveals_more(after.probe, before):
            out.add(int(position))
        else:
            unknown = after
    return frozenset(out)


def implied(matrix: Floats, rows: Floats) -> NDArray[np.bool_]:
    """Which of ``rows`` are combinations of the lines of ``matrix``."""
    unknown = Unknown(matrix.shape[1])
    for line in matrix:
        unknown = unknown.told(line) or unknown
    found: NDArray[np.bool_] = np.abs(rows @ unknown.probe).max(axis=1, initial=0.0) < TOLERANCE
    return found
