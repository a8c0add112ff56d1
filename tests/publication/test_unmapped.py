"""What the mapping files lack is listed with the release, without anything personal."""

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from rich.console import Console

from orchestration import reports
from publication.errors import MartDeclarationError
from publication.unmapped import UnmappedRule, read_unmapped, released_query, unmapped_rule
from tests.conftest import REPOSITORY

SEEDS = {path.stem for path in (REPOSITORY / "dbt_project" / "seeds").glob("*.csv")}
RULE = UnmappedRule("channel_map", "Add a row.", ("system", "word"), "times")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    path = tmp_path / "evidence" / "unmapped_words.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "create table words as select * from (values "
            "('a', 'rare', 1, 7), ('a', 'often', 9, 7), "
            "('b', 'ask jane@example.com', 3, 7), ('b', 'call +44 20 7946 0958', 2, 7), "
            "('b', 'bullhorn.candidates:10012345', 2, 7), ('b', '40012345', 2, 7)) "
            "as t(system, word, times, word_id)"
        )
        kinds = {row[0]: row[1] for row in connection.execute("describe words").fetchall()}
        connection.execute(f"copy ({released_query('words', kinds)}) to '{path}'")
    return tmp_path


def test_the_longest_come_first_with_what_is_behind_them(folder: Path) -> None:
    (found,) = read_unmapped(folder, {"unmapped_words": RULE})
    assert (found.rows, found.behind, found.seed) == (5, 19, "channel_map")
    assert found.top[0] == ("a often", 9)


def test_what_looks_like_an_address_or_a_number_to_call_is_left_out(folder: Path) -> None:
    (found,) = read_unmapped(folder, {"unmapped_words": RULE})
    told = dict(found.top)
    assert told["b (personal)"] == 5
    assert "b bullhorn.candidates:10012345" in told
    assert "b 40012345" in told
    content = (folder / "evidence" / "unmapped_words.parquet").read_bytes()
    assert b"jane@example.com" not in content


def test_a_hash_that_looks_like_a_number_to_call_is_kept() -> None:
    kinds = {"payload_sha256": "VARCHAR", "record": "VARCHAR"}
    chosen = released_query("conflicts", kinds).split(" from ")[0]
    assert chosen.startswith("select payload_sha256, case")


def test_rows_may_be_left_out_and_need_no_count(folder: Path) -> None:
    rule = UnmappedRule("channel_map", "Add a row.", ("word",), None, "system = 'a'")
    (found,) = read_unmapped(folder, {"unmapped_words": rule})
    assert (found.rows, found.count, found.top) == (2, None, (("often", 1), ("rare", 1)))


def test_what_no_mapping_file_can_mend_comes_last_and_says_where_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(
        folder / "evidence" / "unmapped_words.parquet", folder / "evidence" / "surveys.parquet"
    )
    at_source = UnmappedRule(None, "Ask again.", ("word",), "times", "system = 'a'")
    found = read_unmapped(folder, {"surveys": at_source, "unmapped_words": RULE})
    assert [each.seed for each in found] == ["channel_map", None]
    reports._unmapped(Console(width=200), found)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("For dbt_project/seeds/channel_map.csv: 5 with 19 times: ")
    assert told[1] == "In surveys: 2 with 10 times: often (9), rare (1). Ask again."


def test_an_empty_or_absent_list_is_not_told(folder: Path) -> None:
    rule = UnmappedRule("channel_map", "Add a row.", ("word",), None, "system = 'c'")
    assert read_unmapped(folder, {"unmapped_words": rule, "unmapped_more": RULE}) == ()


def test_a_declaration_names_columns_of_its_model() -> None:
    with pytest.raises(MartDeclarationError, match="word"):
        unmapped_rule("u", {"seed": "s", "message": "m", "show": ["word"]}, {"system"})


def test_every_list_is_of_a_seed_that_there_is() -> None:
    declared = [
        model["config"]["meta"]["unmapped"].get("seed")
        for path in (REPOSITORY / "dbt_project" / "models").rglob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or ()
        if "unmapped" in (model.get("config") or {}).get("meta", {})
    ]
    # What is mended at the source has none: surveys on another scale.
    assert declared.count(None) == 1
    assert {seed for seed in declared if seed} <= SEEDS
    assert "person_overrides" in declared
    assert {"channel_map", "cost_category_map", "fx_rates", "job_family_map"} <= set(declared)
