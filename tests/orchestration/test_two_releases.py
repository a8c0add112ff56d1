"""Two releases of the demo agency with three answers in between.

Nobody can tell what they were; and the first can be had again as it was.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

import publication
from publication import PublicMart, Release
from publication.declared import marts_from_json
from publication.suppression_rule import SuppressionRule
from sandbox.server import Sandbox
from tests.conftest import Vouch

pytestmark = pytest.mark.slow

FEW = 5
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def vouch(built: Vouch, served: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Vouch:
    """A home with both releases."""
    home = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(built.home, home)
    vouch = Vouch(home, dict(built.environment))
    contacts = [c["email"] for c in served.store["bullhorn", "client_contacts"] if c.get("email")]
    lines = [
        f"{email},{score},,2026-10-2{day}T10:00:00Z,,client,"
        for day, (email, score) in enumerate(zip(contacts[:3], (0, 10, 3), strict=True))
    ]
    heading = "respondent_email,score,comment,submitted_at,company_key,respondent_kind,trigger"
    dropped = vouch.home / "drop" / "few.csv"
    dropped.parent.mkdir(exist_ok=True)
    dropped.write_text("\n".join((heading, *lines)) + "\n", encoding="utf-8")
    done = vouch("run", "--day", "2026-11-01")
    assert done.returncode == 0, done.stdout + done.stderr
    return vouch


@pytest.fixture
def releases(vouch: Vouch) -> tuple[Release, Release]:
    """The first and the second."""
    first, second = publication.releases(vouch.home)
    return first, second


def test_the_marts_of_an_earlier_release_can_be_had_again_bit_for_bit(
    vouch: Vouch, releases: tuple[Release, Release]
) -> None:
    first, second = releases
    (published,) = (row for row in vouch.json("releases") if row["id"] == first.id)
    then = vouch.json("run", "--day", "2026-11-01", "--as-of", published["published_at"])
    assert (then["release"], then["differing"]) == (first.id, [])
    assert vouch.current() == second.id


def metric_marts(release: Release) -> Iterator[tuple[PublicMart, SuppressionRule]]:
    for mart in marts_from_json(release.manifest()["marts"]):
        if mart.suppression is not None:
            yield mart, mart.suppression


def rows(release: Release, mart: PublicMart) -> dict[tuple[Any, ...], Row]:
    path: Path = release.folder / f"{mart.name}.parquet"
    found = duckdb.sql(f"from read_parquet('{path}')").to_arrow_table().to_pylist()
    return {tuple(row[column] for column in mart.grain): row for row in found}


def test_three_answers_move_no_figure(releases: tuple[Release, Release]) -> None:
    first, second = releases
    assert second.manifest()["previous"] == first.id
    held = 0
    for mart, rule in metric_marts(second):
        before = rows(first, mart)
        for key, now in rows(second, mart).items():
            then = before.get(key)
            held += str(now["note"]).startswith(
                f"held: fewer than {FEW} people changed since {first.id}"
            )
            if then is None or now["is_suppressed"] or then["is_suppressed"]:
                continue
            moved = max(abs((now[c] or 0) - (then[c] or 0)) for c in (rule.people, *rule.counts))
            same = all(now[column] == then[column] for column in rule.figures)
            nobody = now[rule.people] == then[rule.people] == 0
            revised = rule.revisions == "shown" and moved == 0
            assert same or moved >= FEW or nobody or revised, (mart.name, then, now)
    assert held > 0


def test_the_whole_less_its_shown_cuts_is_nobody_or_enough(
    releases: tuple[Release, Release],
) -> None:
    """What moved in the whole and not in its cuts, where both releases show all of them."""
    first, second = releases
    for mart, rule in metric_marts(second):
        if not rule.cut:
            continue
        before, now = rows(first, mart), rows(second, mart)
        for key, row in now.items():
            if any(row[column] != "all" for column in rule.cut):
                continue
            moved = _moved(before.get(key), row, rule)
            if not moved:
                continue
            divisions: dict[Any, list[tuple[Row | None, Row]]] = {}
            for other, part in now.items():
                alike = all(
                    part[column] == row[column] for column in mart.grain if column not in rule.cut
                )
                if alike and part is not row:
                    name = part[rule.cut[0]] if len(rule.cut) > 1 else None
                    divisions.setdefault(name, []).append((before.get(other), part))
            for parts in divisions.values():
                if all(then and not then["is_suppressed"] for then, _ in parts):
                    told = sum(_moved(then, part, rule) for then, part in parts)
                    assert moved - told == 0 or abs(moved - told) >= FEW, (mart.name, key)


def _moved(then: Row | None, now: Row, rule: SuppressionRule) -> int:
    if then is None or then["is_suppressed"] or now["is_suppressed"]:
        return 0
    return int(now[rule.people] - then[rule.people])
