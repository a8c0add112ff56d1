"""An attacker who knows who answered when, and reads the published rows of several releases.

Written apart from the protection: unknowns are single people, not cells, and what follows
from the rows is found by least squares on all of them.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from publication.marts import Column, PublicMart
from publication.parquet import write_table
from publication.suppression_rule import suppression_rule

K = 5
PERIODS = {"month": 1, "trailing_3m": 3, "trailing_6m": 6, "trailing_12m": 12}
GRAIN = ("tenant_id", "period", "period_start", "cut")
FIGURES = ("value", "numerator", "denominator")
COLUMNS = {
    "tenant_id": pa.string(),
    "period": pa.string(),
    "period_start": pa.date32(),
    "cut": pa.string(),
    "value": pa.float64(),
    "numerator": pa.float64(),
    "denominator": pa.float64(),
    "n": pa.int64(),
    "is_suppressed": pa.bool_(),
    "note": pa.string(),
}
META = {
    "series": ["tenant_id"],
    "cut": ["cut"],
    "people": "n",
    "figures": list(FIGURES),
}
MART = PublicMart(
    "metric_scores",
    '"marts"."metric_scores"',
    GRAIN,
    tuple(Column(name, "", "") for name in COLUMNS),
    (),
    "",
    suppression_rule("metric_scores", META, set(COLUMNS)),
)


@dataclass(frozen=True)
class Answer:
    """One person's answer: who, in which month of the history, in which cut, and the score."""

    person: int
    month: int
    cut: str
    score: int


def day(month: int) -> date:
    """First day of a month of the history."""
    return date(2024 + month // 12, month % 12 + 1, 1)


def mart(answers: Iterable[Answer], months: int) -> list[dict[str, object]]:
    """The rows as a mart makes them: hidden under ``K``, and the complement within a period."""
    listed = list(answers)
    cuts = sorted({answer.cut for answer in listed})
    rows: list[dict[str, object]] = []
    for period, first, after in windows(months):
        inside = [answer for answer in listed if first <= answer.month < after]
        if not inside:
            continue
        sizes = {cut: sum(a.cut == cut for a in inside) for cut in cuts}
        small = {cut for cut, size in sizes.items() if 0 < size < K}
        large = sorted((size, cut) for cut, size in sizes.items() if size >= K)
        if 0 < sum(sizes[cut] for cut in small) < K and large:
            small.add(large[0][1])
        if len(inside) < K:
            small.add("all")
        for cut in ("all", *(cut for cut in cuts if sizes[cut])):
            of = [a.score for a in inside if cut in ("all", a.cut)]
            rows.append(row(period, first, cut, of, cut in small))
    return sorted(rows, key=lambda r: tuple(str(r[name]) for name in GRAIN))


def row(period: str, first: int, cut: str, scores: list[int], hidden: bool) -> dict[str, object]:
    """One row of the mart."""
    total = float(sum(scores))
    figures = (total / len(scores), total, float(len(scores)))
    return {
        "tenant_id": "t",
        "period": period,
        "period_start": day(first),
        "cut": cut,
        **dict(zip(FIGURES, (None,) * 3 if hidden else figures, strict=True)),
        "n": len(scores),
        "is_suppressed": hidden,
        "note": "suppressed: fewer than 5" if hidden else None,
    }


def windows(months: int) -> list[tuple[str, int, int]]:
    """Every whole window of the history, and all of it."""
    found = [
        (period, first, first + length)
        for period, length in PERIODS.items()
        for first in range(months - length + 1)
    ]
    return [*found, ("all", 0, months)]


def write(rows: Sequence[dict[str, object]], folder: Path) -> Path:
    """The mart's file in a folder of its own, as it would be exported."""
    folder.mkdir(parents=True)
    table = pa.Table.from_pylist(list(rows), schema=pa.schema(list(COLUMNS.items())))
    grain = ", ".join(f'"{column}" nulls last' for column in MART.grain)
    write_table(table, grain, folder / "metric_scores.parquet")
    return folder


def read(folder: Path) -> list[dict[str, object]]:
    """What a reader of a release sees."""
    path = folder / "metric_scores.parquet"
    return duckdb.sql(f"from read_parquet('{path}')").to_arrow_table().to_pylist()


def revealed_groups(
    releases: Sequence[tuple[str, list[dict[str, object]], Sequence[Answer]]], months: int
) -> list[set[Answer]]:
    """Every group of fewer than ``K`` people whose sum follows from the published rows.

    ``releases`` are name, published rows and the answers there were at that time. A held
    row says which release it is of.
    """
    people = sorted(
        {answer for _, _, answers in releases for answer in answers},
        key=lambda a: (a.person, a.month, a.score),
    )
    at_hand = {name: set(answers) for name, _, answers in releases}
    spans = {(period, day(first)): (first, after) for period, first, after in windows(months)}
    equations, totals = [], []
    for name, rows, _ in releases:
        for shown in rows:
            if shown["is_suppressed"]:
                continue
            note = str(shown["note"] or "")
            of = (
                note.rsplit("since ", 1)[1].split(";", maxsplit=1)[0]
                if note.startswith("held")
                else name
            )
            if of not in at_hand:
                continue
            first, after = spans[shown["period"], shown["period_start"]]
            members = [
                a in at_hand[of] and first <= a.month < after and shown["cut"] in ("all", a.cut)
                for a in people
            ]
            equations.append(members)
            totals.append(shown["numerator"])
            said = sum(a.score for a, inside in zip(people, members, strict=True) if inside)
            assert said == shown["numerator"], (name, shown)
    if not equations:
        return []
    matrix = np.array(equations, dtype=float)
    # Whoever is in the same rows cannot be told apart: only all of them together can be known.
    classes: dict[bytes, list[int]] = defaultdict(list)
    for number in range(len(people)):
        classes[matrix[:, number].tobytes()].append(number)
    few = [members for members in classes.values() if len(members) < K]
    found = []
    for size in range(1, K):
        for group in itertools.combinations(few, size):
            members = [number for part in group for number in part]
            if len(members) < K and _follows(matrix, members):
                found.append({people[number] for number in members})
    return found


def _follows(matrix: np.ndarray, members: list[int]) -> bool:
    target = np.zeros(matrix.shape[1])
    target[members] = 1.0
    # Cheap first: nobody who is in no row can be in a combination of rows.
    if not matrix[:, members].any(axis=0).all():
        return False
    return _residual(matrix, target) < 1e-8


_SPACES: dict[bytes, np.ndarray] = {}


def _residual(matrix: np.ndarray, target: np.ndarray) -> float:
    key = matrix.tobytes()
    if key not in _SPACES:
        _SPACES.clear()
        _, values, vectors = np.linalg.svd(matrix, full_matrices=False)
        _SPACES[key] = vectors[values > 1e-9 * max(values[0], 1.0)]
    basis = _SPACES[key]
    return float(np.linalg.norm(target - basis.T @ (basis @ target)))
