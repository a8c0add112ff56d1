"""Rows of one metric mart as the protection sees them: now, and as they were last shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from publication.errors import MartDeclarationError
from publication.suppression_rule import WHOLE, SuppressionRule

EVER = 10**6
MEMORY = ("kind", "since", "people_now")
RELATIVE = 1e-9

Values = tuple[Any, ...]
RowMapping = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A period as months since year 0, the last excluded; ``all`` has no ends."""

    period: str
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class UnitKey:
    """Rows that are withheld together: one series, cut and window."""

    series: Values
    cut: Values
    window: Window
    # Not a part of its series.
    is_whole: bool = field(init=False, compare=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keys are asked for many times each; both answers are computed once."""
        object.__setattr__(self, "is_whole", all(value == WHOLE for value in self.cut))
        object.__setattr__(self, "_hash", hash((self.series, self.cut, self.window)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(slots=True)
class Unit:
    """The rows of a unit by the values of their shared columns."""

    rows: dict[Values, RowMapping] = field(default_factory=dict)
    _people: int = -1

    def people(self, column: str) -> int:
        """Of how many people the rows tell: the fewest that any of them rests on."""
        if self._people < 0:
            counted = (int(row[column] or 0) for row in self.rows.values())
            self._people = min((count for count in counted if count > 0), default=0)
        return self._people

    @property
    def is_hidden(self) -> bool:
        """The mart itself withholds one of the rows."""
        return any(row["is_suppressed"] for row in self.rows.values())


@dataclass(slots=True)
class Before:
    """What is known of a unit from earlier: its last shown rows, and how many it really had.

    ``since`` is the release that showed ``shown`` first; ``kind`` says what the previous
    release did with the unit: shown, held, hidden, or gone (no longer a row of the mart).
    """

    kind: str
    people_now: dict[Values, int]
    published: Unit | None = None
    shown: Unit | None = None
    since: str = ""


Units = dict[UnitKey, Unit]


@dataclass(slots=True)
class Earlier:
    """The previous release of one mart: units, and people of months at older moments.

    ``cells`` are by series, then by the release of that moment.
    """

    release: str
    units: dict[UnitKey, Before] = field(default_factory=dict)
    cells: dict[Values, dict[str, dict[UnitKey, int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )


class Reader:
    """Reads the rows of one mart into units."""

    def __init__(self, rule: SuppressionRule, grain: Sequence[str]) -> None:
        """A column of the grain that the rule does not place tells series apart."""
        # A window is no series of its own: windows are what is subtracted.
        elsewhere = {*rule.cut, *rule.shared, "period", "period_start"}
        self.rule = rule
        self._windows: dict[tuple[str, date], Window] = {}
        self.series = tuple(
            name for name in dict.fromkeys((*rule.series, *grain)) if name not in elsewhere
        )

    def units(self, rows: Iterable[RowMapping]) -> Units:
        """The rows by unit."""
        found: Units = {}
        for row in rows:
            found.setdefault(self.key(row), Unit()).rows[self.variant(row)] = row
        return found

    def key(self, row: Mapping[str, Any]) -> UnitKey:
        """The unit of a row."""
        return UnitKey(
            tuple(row[name] for name in self.series),
            tuple(row[name] for name in self.rule.cut),
            self._window(row["period"], row["period_start"]),
        )

    def _window(self, period: str, start: date) -> Window:
        found = self._windows.get((period, start))
        if found is None:
            found = self._windows[period, start] = window(period, start)
        return found

    def variant(self, row: Mapping[str, Any]) -> Values:
        """Which row of its unit it is."""
        return tuple(row[name] for name in self.rule.shared)

    def earlier(
        self, release: str, published: Iterable[RowMapping], remembered: Iterable[RowMapping]
    ) -> Earlier:
        """The previous release, from its mart's rows and from what it remembered."""
        found = Earlier(release)
        for key, unit in self.units(published).items():
            kind = "hidden" if unit.is_hidden else "shown"
            counts = {name: int(row[self.rule.people] or 0) for name, row in unit.rows.items()}
            before = Before(kind, counts, published=unit)
            if kind == "shown":
                before.shown, before.since = unit, release
            found.units[key] = before
        shown: dict[tuple[UnitKey, str, str], Unit] = {}
        for row in remembered:
            kind, since, people_now = (row.pop(name) for name in MEMORY)
            key = self.key(row)
            if kind == "cell":
                found.cells[key.series][since][key] = int(people_now)
                continue
            unit = shown.setdefault((key, kind, since), Unit())
            unit.rows[self.variant(row)] = row
            before = found.units.setdefault(key, Before(kind, {}))
            before.kind, before.shown, before.since = kind, unit, since
            before.people_now[self.variant(row)] = int(people_now)
        return found


def window(period: str, start: date) -> Window:
    """The months of a period. Raises ``MartDeclarationError`` for a name without a length."""
    if period == "all":
        return Window(period, 0, EVER)
    first = start.year * 12 + start.month - 1
    if period == "month":
        return Window(period, first, first + 1)
    length = period.removeprefix("trailing_").removesuffix("m")
    if not (period.startswith("trailing_") and length.isdigit()):
        raise MartDeclarationError(
            f"a row of period {period!r} cannot be protected: periods are month, trailing_<n>m, all"
        )
    return Window(period, first, first + int(length))


def moved(now: Unit, shown: Unit, rule: SuppressionRule) -> tuple[int, bool]:
    """By how many people at least a unit differs from what was shown, and whether it does."""
    people, differs = 0, False
    for name, row in now.rows.items():
        before = shown.rows.get(name)
        if before is None:
            continue
        for column in (rule.people, *rule.counts):
            if column in before:
                people = max(people, abs(int(row[column] or 0) - int(before[column] or 0)))
        differs |= any(
            not _same(row[column], before[column])
            for column in (rule.people, *rule.withheld)
            if column in before
        )
    return people, differs


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= RELATIVE * max(1.0, abs(one))
    return bool(one == other)
