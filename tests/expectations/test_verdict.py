"""A verdict as a file: read back as it was, and believed in nothing that it can compute."""

import json
from pathlib import Path

import pytest

from expectations import Check, Verdict, VerdictUnreadable, read_verdict, write_verdict
from expectations.verdict import from_json, to_json
from tests.expectations.agency import NOON

GOOD = Check(name="a", kind="suite", subject="m", status="passed")
BAD = Check(name="b", kind="dbt", subject="m", status="failed", message="7 rows")


def test_a_verdict_is_read_back_as_it_was(tmp_path: Path) -> None:
    verdict = Verdict("c", "d", (GOOD, BAD), NOON)
    write_verdict(verdict, tmp_path / "verdict.json")
    assert read_verdict(tmp_path / "verdict.json") == verdict


def test_passed_is_computed_never_read() -> None:
    document = json.loads(to_json(Verdict("c", "d", (GOOD, BAD), NOON)))
    document["passed"] = True
    assert not from_json(json.dumps(document)).passed


def test_a_verdict_without_checks_does_not_pass() -> None:
    assert not Verdict("c", "d", (), NOON).passed


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", to_json(Verdict("c", "d", (GOOD,), NOON)).replace('"passed"', '"ok"')]
)
def test_what_is_not_a_verdict_is_an_error(text: str) -> None:
    with pytest.raises(VerdictUnreadable):
        from_json(text)


def test_a_missing_verdict_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VerdictUnreadable, match="judge the candidate"):
        read_verdict(tmp_path / "verdict.json")
