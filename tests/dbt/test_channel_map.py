"""A source value cannot be a referral by one column of the map and none by the other."""

from pathlib import Path

import duckdb
import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
RULE = PROJECT / "tests" / "a_referral_is_in_the_channel_of_referrals.sql"


def _against_the_rule(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        RULE.read_text().replace("{{ ref('channel_map') }}", "map")
    ).fetchall()


def test_the_shipped_map_agrees_with_itself() -> None:
    with duckdb.connect() as connection:
        shipped = str(PROJECT / "seeds" / "channel_map.csv")
        connection.execute(f"create table map as from read_csv('{shipped}', header = true)")
        assert _against_the_rule(connection) == []


@pytest.mark.parametrize(
    ("channel", "flag", "is_wrong"),
    [
        ("referral", "true", False),
        ("event", "false", False),
        ("referral", "false", True),
        ("event", "true", True),
        ("event", "null", True),
    ],
)
def test_a_contradiction_is_named(channel: str, flag: str, is_wrong: bool) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table map as select 'bullhorn' as source_system, 'friend' as source_value, "
            f"'{channel}' as channel, cast({flag} as boolean) as is_referral"
        )
        expected = [("bullhorn", "friend")] if is_wrong else []
        assert _against_the_rule(connection) == expected
