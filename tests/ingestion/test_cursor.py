"""What a pull remembers: enough to land nothing twice, and to miss nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingestion.cursor import Cursor

START = datetime(2026, 1, 1, tzinfo=UTC)
HISTORIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 120), st.binary(max_size=2)), max_size=30
)


@given(HISTORIES, st.integers(0, 60))
def test_what_lies_within_the_overlap_is_not_new_a_second_time(
    history: list[tuple[int, int, bytes]], overlap: int
) -> None:
    state: dict[str, Any] = {}
    first = Cursor(state, timedelta(minutes=overlap))
    newest = {}
    for record, minute, payload in sorted(history, key=lambda row: row[1]):
        version = START + timedelta(minutes=minute)
        first.is_new(str(record), version, payload)
        newest[record] = (version, payload)
    first.save()
    again = Cursor(state, timedelta(minutes=overlap))
    for record, (version, payload) in newest.items():
        if again.since is not None and version >= again.since:
            assert not again.is_new(str(record), version, payload)


def test_a_record_without_version_is_known_by_its_bytes_for_good() -> None:
    state: dict[str, Any] = {}
    cursor = Cursor(state, timedelta(0))
    assert cursor.is_new("a", None, b"1")
    assert cursor.is_new("b", START, b"1")
    cursor.save()
    again = Cursor(state, timedelta(0))
    assert not again.is_new("a", None, b"1")
    assert again.is_new("a", None, b"2")
