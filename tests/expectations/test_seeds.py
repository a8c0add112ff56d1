"""A mapping file that cannot be used is refused with file, row, column, value and advice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.seed_rules import SeedRuleError, seed_rules
from expectations.seeds import seed_problems
from tests.conftest import REPOSITORY

VENDORS = frozenset({"bullhorn", "typeform", "xero", "files"})
SHIPPED = REPOSITORY / "dbt_project" / "seeds"
DECLARED = """
seeds:
  - name: shares
    config:
      column_types:
        system: string
        name: string
        share: decimal(9,4)
        month: date
        is_known: boolean
        currency: string
        rate: double
        people: int
        job: string
    data_tests:
      - unique_combination:
          arguments: {columns: [system, name]}
    columns:
      - {name: system, config: {meta: {holds: vendor}}, data_tests: [not_null]}
      - name: name
        config: {meta: {holds: lower_case}}
        data_tests:
          - not_null
          - accepted_values: {arguments: {values: [one, two, three]}}
      - {name: share, config: {meta: {holds: fraction}}, data_tests: [not_null]}
      - {name: month, config: {meta: {holds: first_of_month}}}
      - {name: currency, config: {meta: {holds: currency}}}
      - {name: rate, config: {meta: {holds: rate}}}
      - {name: people, config: {meta: {holds: not_negative}}}
      - {name: job, config: {meta: {holds: record}}}
"""
HEADING = "system,name,share,month,is_known,currency,rate,people,job"
Told = Callable[..., list[str]]
GOOD = "xero,one,0.2,2025-01-01,true,GBP,1.5,3,bullhorn:7"


@pytest.fixture
def told(tmp_path: Path) -> Told:
    (tmp_path / "shares.yml").write_text(DECLARED, encoding="utf-8")

    def problems(*rows: str, heading: str = HEADING) -> list[str]:
        text = "\n".join((heading, *rows)) + "\n"
        (tmp_path / "shares.csv").write_text(text, encoding="utf-8")
        return [problem.told() for problem in seed_problems(tmp_path, VENDORS)]

    return problems


def test_the_shipped_seeds_are_in_order() -> None:
    assert seed_problems(SHIPPED, VENDORS) == ()


def test_a_misspelt_cost_category_is_named_before_its_money_is_lost(tmp_path: Path) -> None:
    for path in SHIPPED.glob("cost_category_map.*"):
        text = path.read_text(encoding="utf-8")
        written = text.replace("xero,201,revenue_refund", "xero,201,revenue_refnd")
        (tmp_path / path.name).write_text(written, encoding="utf-8")
    (problem,) = seed_problems(tmp_path, VENDORS)
    assert (problem.file, problem.line, problem.column) == (
        *("cost_category_map.csv", 12, "cost_category"),
    )
    assert "'revenue_refnd': is not known here; use one of job_boards" in problem.told()


def test_every_shipped_seed_has_a_key() -> None:
    assert all(rule.keys for rule in seed_rules(SHIPPED))


def test_a_good_file_has_no_problem(told: Told) -> None:
    assert told(GOOD, "bullhorn,two,0,,false,,,,") == []
    assert told() == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "xero,four,0.2,,true,,,,",
            "shares.csv, row 2, name 'four': is not known here; use one of one, two, three",
        ),
        (
            "xero,one,20,,true,,,,",
            "share '20': a fraction from 0 to 1 is wanted; for 20 % write 0.2",
        ),
        ("xero,one,20%,,true,,,,", "write a fraction without the sign: 20 % is 0.2"),
        ("xero,one,-0.1,,true,,,,", "share '-0.1': a fraction from 0 to 1 is wanted"),
        ("xero,one,nan,,true,,,,", "share 'nan': write a number"),
        ("xero,one,0.12345,,true,,,,", "at most 4 digits after the point"),
        ("xero,one,,,true,,,,", "share '': must not be empty"),
        ("sage,one,0.2,,true,,,,", "system 'sage': is not known here; use one of bullhorn"),
        ("xero,one,0.2,01/02/2025,true,,,,", "month '01/02/2025': write the date as YYYY-MM-DD"),
        ("xero,one,0.2,2025-02-30,true,,,,", "month '2025-02-30': there is no such day"),
        ("xero,one,0.2,2025-02-03,true,,,,", "a month is named by its first day; write 2025-02-01"),
        ("xero,one,0.2,,yes,,,,", "is_known 'yes': write true or false"),
        ("xero,one,0.2,,,,,,", "is_known '': must not be empty"),
        ("xero,one,0.2,,true,gbp,,,", "currency 'gbp': is not a currency of ISO 4217"),
        ("xero,one,0.2,,true,XXQ,,,", "currency 'XXQ': is not a currency of ISO 4217"),
        ("xero,one,0.2,,true,,0,,", "rate '0': a rate is more than 0"),
        ("xero,one,0.2,,true,,-1.2,,", "rate '-1.2': a rate is more than 0"),
        ('xero,one,0.2,,true,,"1,200",,', "write the number with a point and without separators"),
        ("xero,one,0.2,,true,,,1.5,", "people '1.5': write a whole number"),
        ("xero, one,0.2,,true,,,,", "name ' one': remove the blanks around it"),
        ("xero,one,0.2,,true,,,-3,", "people '-3': must not be negative"),
        ("xero,one,0.2,,true,,,,7", "job '7': name the record as its account, a colon"),
        ("xero,one,0.2,true", "row 2: 4 fields where the heading has 9"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(told: Told, row: str, says: str) -> None:
    (problem,) = told(row)
    assert says in problem


def test_a_repeated_key_is_told_with_both_rows(told: Told) -> None:
    (problem,) = told(GOOD, "bullhorn,two,0.1,,true,,,,", GOOD)
    assert problem == (
        "shares.csv, row 4, system, name 'xero, one': the same key as row 2; keep one of the two"
    )


def test_all_problems_are_listed_at_once(told: Told) -> None:
    found = told("xero,four,20,,true,,,,", "xero,one,0.2,1.1.2025,true,,,,")
    assert [problem.split(",")[1].strip() for problem in found] == ["row 2", "row 2", "row 3"]


def test_rows_are_counted_as_an_editor_shows_them(told: Told) -> None:
    (problem,) = told(GOOD, "", "xero,four,0.2,,true,,,,")
    assert problem.startswith("shares.csv, row 4,")


def test_a_heading_of_other_columns_is_told(told: Told) -> None:
    (problem,) = told(heading=HEADING.replace("share", "percent"))
    assert "the heading lacks share and has the unknown percent" in problem


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (HEADING.encode() + b"\nxero,on\xe9\n", "not UTF-8"),
        (b'system,"name\n', "not CSV"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "shares.yml").write_text(DECLARED, encoding="utf-8")
    (tmp_path / "shares.csv").write_bytes(content)
    (problem,) = seed_problems(tmp_path, VENDORS)
    assert says in problem.told()


def test_a_file_of_a_spreadsheet_with_its_mark_is_read(told: Told, tmp_path: Path) -> None:
    (tmp_path / "shares.csv").write_bytes(b"\xef\xbb\xbf" + f"{HEADING}\r\n{GOOD}\r\n".encode())
    assert seed_problems(tmp_path, VENDORS) == ()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "shares.yml").write_text(DECLARED, encoding="utf-8")
    (problem,) = seed_problems(tmp_path, VENDORS)
    assert "the file is missing" in problem.told()


def test_a_seed_without_a_declaration_is_our_fault(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(SeedRuleError, match="odd"):
        seed_rules(tmp_path)
