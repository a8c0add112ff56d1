"""What a user can type, set or query is documented, and what the documents point at exists."""

import re
import runpy
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
import yaml

from expectations import Thresholds
from ingestion.survey_file import OPTIONAL, REQUIRED, read_survey_file
from ingestion.vendor import vendor, vendor_names
from orchestration import exit_codes, settings
from orchestration.cli import app
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *REPOSITORY.glob("docs/**/*.md"),
        *(REPOSITORY / folder / "README.md" for folder in ("sandbox", "deploy")),
    ]
)
MODELS = sorted((REPOSITORY / "dbt_project" / "models").rglob("*.yml"))
EXAMPLES = sorted((REPOSITORY / "docs" / "metrics").glob("*.md"))
SEEDS = sorted((REPOSITORY / "dbt_project" / "seeds").glob("*.csv"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


class Asked(dict[str, str]):
    """An environment that remembers which of its names were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    found = {}
    for name, command in group.commands.items():
        # A command may have commands of its own.
        within = getattr(command, "commands", {})
        found |= {f"{name} {each}": inner for each, inner in within.items()} or {name: command}
    return found


def settings_keys() -> Iterator[tuple[str, str]]:
    """(section, key) of everything that vouch.toml may hold."""
    # The file's own struct is private: it is read here so that no key is listed twice.
    for struct in (
        settings._File,
        settings.HttpSettings,
        settings.Releases,
        settings.InboxSettings,
        settings.ReceiverSettings,
        settings.DagsterSettings,
    ):
        yield from ((struct.__name__, key) for key in struct.__struct_fields__)
    yield from (("gate", each.name) for each in fields(Thresholds))
    for name in vendor_names():
        yield from ((name, each.name) for each in msgspec.structs.fields(vendor(name).config))


def models() -> Iterator[dict[str, Any]]:
    for path in MODELS:
        yield from (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", [])


PUBLIC = {model["name"]: model for model in models() if model.get("access") == "public"}


@pytest.mark.parametrize("name", commands())
def test_a_command_and_its_options_are_in_the_readme(name: str) -> None:
    assert f"`vouch {name}" in README
    options = [text for each in commands()[name].params for text in each.opts if text[:2] == "--"]
    assert [option for option in options if option != "--help" and option not in README] == []


def test_every_exit_code_is_in_the_readme() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper()}
    assert {code for code in codes if f"| `{code}` |" not in README} == set()


def test_every_environment_variable_is_in_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    asked = Asked()
    settings.load(asked)
    assert {"VOUCH_HOME", "VOUCH_CONFIG"} <= asked.names
    assert {name for name in asked.names if f"`{name}`" not in README} == set()


@pytest.mark.parametrize(("section", "key"), settings_keys())
def test_every_setting_is_in_the_readme(section: str, key: str) -> None:
    assert f"`{key}`" in README or f"`[{key}]`" in README or f"`[{key}.NAME]`" in README, section


@pytest.mark.parametrize("name", vendor_names())
def test_every_vendor_is_in_the_readme(name: str) -> None:
    assert f'`vendor = "{name}"`' in README


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_every_seed_is_in_the_readme(path: Path) -> None:
    assert path.name in README


def test_the_drop_file_of_the_readme_is_taken(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```csv\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")
    assert len(read_survey_file(path).records) == 2
    assert [column for column in (*REQUIRED, *OPTIONAL) if f"| `{column}` |" not in README] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_mart_is_described_to_its_last_column(name: str) -> None:
    mart = PUBLIC[name]
    assert mart["description"].startswith("One row per ")
    assert mart["config"]["contract"] == {"enforced": True}
    assert mart["config"]["meta"]["grain"]
    poor = [
        column["name"]
        for column in mart["columns"]
        if not str(column.get("description") or "").strip() or not column.get("data_type")
    ]
    assert poor == []
    assert f"| `{name}` |" in README


def test_every_public_column_is_in_the_dictionary() -> None:
    rendered = runpy.run_path(str(REPOSITORY / "docs" / "generate.py"))["rendered"]
    written = (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert written == rendered(), "run `make docs`"


def test_every_model_is_described() -> None:
    described = {model["name"] for model in models() if str(model.get("description")).strip()}
    written = {path.stem for path in (REPOSITORY / "dbt_project" / "models").rglob("*.sql")}
    assert written - described == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_what_a_document_points_at_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    missing = [
        link
        for link in LINK.findall(FENCED.sub("", text))
        if not link.startswith(("http://", "https://")) and not _leads_somewhere(path, link)
    ]
    assert missing == []


def _dbt_names() -> set[str]:
    """Of models, their unit tests and the project's own tests."""
    project = REPOSITORY / "dbt_project"
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in MODELS]
    unit_tests = {test["name"] for each in documents for test in each.get("unit_tests") or ()}
    written = {
        path.stem for folder in ("models", "tests") for path in (project / folder).rglob("*.sql")
    }
    return unit_tests | written


PYTHON_TESTS = "".join(path.read_text() for path in (REPOSITORY / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_tests_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", path.read_text(encoding="utf-8")))
    assert {name for name in named if f"def {name}(" not in PYTHON_TESTS} == set()
    assert named or path.name != "ARCHITECTURE.md"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_names_the_tests_that_execute_it(path: Path) -> None:
    """After "Test:" come a model and its unit test, a test of the project, or one in Python."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    named = {
        name
        for paragraph in paragraphs
        for told in re.findall(r"\bTests?:(.*)", paragraph, re.DOTALL)
        for name in re.findall(r"`(\w+)`", told)
    }
    assert named, "an example that no test is named for can drift from the SQL"
    known = _dbt_names()
    unknown = {each for each in named - known if f"def {each}(" not in PYTHON_TESTS}
    assert unknown == set()


def test_every_decision_is_listed() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    records = [path.name for path in folder.glob("[0-9]*.md")]
    assert records
    assert [name for name in records if f"({name})" not in listed] == []


def _leads_somewhere(document: Path, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = document.parent / place if place else document
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    """The names a Markdown reader gives to headings."""
    headings = re.findall(r"^#+ +(.+)$", FENCED.sub("", text), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}
