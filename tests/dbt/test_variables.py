"""Each setting of the figures has one name and one value."""

import re
from pathlib import Path

import yaml

from expectations.suites.small_groups import SUPPRESSION_FLOOR
from orchestration.dbt import PROJECT_DIR

PROJECT = Path(PROJECT_DIR)
# Anything but a name alone is a second default, which may part from the first.
USE = re.compile(r"""\bvar\(\s*['"](\w+)['"]\s*([,)])""")


def _declared() -> dict[str, object]:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(project["vars"])


def _used() -> list[tuple[str, str]]:
    folders = ("models", "macros", "tests", "seeds")
    paths = [path for folder in folders for path in (PROJECT / folder).rglob("*.*")]
    texts = [p.read_text(encoding="utf-8") for p in paths if p.suffix in (".sql", ".yml")]
    return [use for text in texts for use in USE.findall(text)]


def test_every_variable_is_declared() -> None:
    assert {name for name, _ in _used()} <= set(_declared())


def test_no_variable_has_a_default_of_its_own() -> None:
    assert [name for name, after in _used() if after == ","] == []


def test_gate_and_release_hold_the_floor_of_the_marts() -> None:
    assert _declared()["suppression_k"] == SUPPRESSION_FLOOR
