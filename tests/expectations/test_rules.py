"""Rules as data: what they run, and which columns the search for addresses covers."""

from datetime import date

import duckdb
import pytest

from expectations import Thresholds
from expectations.suites import declared_suites
from expectations.suites.every_mart import no_email_address


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("VARCHAR", "'a@b.example'"),
        ("VARCHAR[]", "['x', 'a@b.example']"),
        ("STRUCT(a INTEGER, b VARCHAR)", "{'a': 1, 'b': 'a@b.example'}"),
        ("MAP(VARCHAR, INTEGER)", "map {'a@b.example': 1}"),
        ("JSON", "'[\"a@b.example\"]'"),
    ],
)
def test_an_address_is_found_in_a_column_of_any_type(kind: str, value: str) -> None:
    rule = no_email_address([("number", "INTEGER"), ("suspect", kind)])
    with duckdb.connect() as connection:
        connection.execute(f"create table mart (number integer, suspect {kind})")
        connection.execute(f"insert into mart values (1, {value}), (2, null)")
        row = connection.execute(rule.measure.replace("{batch}", "mart")).fetchone()
    assert row == (1,)


def test_a_mart_without_text_needs_no_search() -> None:
    rule = no_email_address([("a", "DECIMAL(18,4)"), ("b", "TIMESTAMP WITH TIME ZONE")])
    assert "where false" in rule.measure


def test_rules_have_names_of_their_own_within_a_mart() -> None:
    for rules in declared_suites(date(2026, 1, 1), Thresholds()).values():
        assert len({rule.name for rule in rules}) == len(rules)


def test_names_of_rules_do_not_depend_on_day_or_limits() -> None:
    one = declared_suites(date(2020, 1, 1), Thresholds())
    other = declared_suites(date(2026, 1, 1), Thresholds(max_unknown_channel_share=1))
    assert {mart: [rule.name for rule in rules] for mart, rules in one.items()} == {
        mart: [rule.name for rule in rules] for mart, rules in other.items()
    }
