"""The inbox, in SQLite and in a real PostgreSQL: once per key, in order, to be read again."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from postgres_server import running_postgres

from ingestion.inbox import Event, Inbox, InboxUnavailable, Quarantined

NOON = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)
Open = Callable[[], Inbox]


def event(key: str, source: str = "typeform", body: bytes = b"{}") -> Event:
    return Event(source, key, NOON, body)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same empty inbox as often as asked."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'deep' / 'inbox.sqlite'}"
    else:
        url = _emptied(request.getfixturevalue("postgres"))
    with contextlib.ExitStack() as stack:

        def open_it() -> Inbox:
            inbox = Inbox.open(url)
            stack.callback(inbox.close)
            return inbox

        yield open_it


def _emptied(url: str) -> str:
    from sqlalchemy import create_engine

    from ingestion.inbox_tables import metadata

    engine = create_engine(url)
    metadata.drop_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def inbox(opened: Open) -> Inbox:
    return opened()


def test_an_event_is_kept_verbatim_and_for_good(opened: Open) -> None:
    body = b'{"a": "\xc3\xa9\\u0000"}\xff\x00'
    berlin = timezone(timedelta(hours=1))
    opened().append([Event("typeform", "k1", NOON.astimezone(berlin), body)])
    (stored,) = opened().after(0)
    assert stored.event == Event("typeform", "k1", NOON, body)
    assert stored.event.received_at.utcoffset() == timedelta(0)


def test_a_key_counts_once_per_source_and_the_first_body_stays(inbox: Inbox) -> None:
    assert inbox.append([event("a"), event("b"), event("a", body=b"[]")]) == [True, True, False]
    assert inbox.append([event("b"), event("a", source="xero"), event("c")]) == [False, True, True]
    stored = inbox.after(0)
    assert [(each.event.source, each.event.key) for each in stored] == [
        ("typeform", "a"),
        ("typeform", "b"),
        ("xero", "a"),
        ("typeform", "c"),
    ]
    assert stored[0].event.body == b"{}"
    assert inbox.append([]) == []


def test_a_reader_goes_on_where_it_stood_and_may_go_back(inbox: Inbox) -> None:
    inbox.append([event(str(number), "typeform" if number % 2 else "xero") for number in range(6)])
    assert inbox.position("landing:xero") == 0
    assert (inbox.depth("landing:xero"), inbox.depth("landing:xero", "xero")) == (6, 3)
    first = inbox.after(0, limit=2, source="xero")
    assert [each.event.key for each in first] == ["0", "2"]
    inbox.advance("landing:xero", first[-1].sequence)
    assert inbox.depth("landing:xero", "xero") == 1
    rest = inbox.after(inbox.position("landing:xero"), source="xero")
    assert [each.event.key for each in rest] == ["4"]
    assert inbox.position("landing:typeform") == 0
    inbox.advance("landing:xero", 0)
    assert inbox.depth("landing:xero", "xero") == 3
    assert inbox.newest() == inbox.after(0)[-1].sequence


def test_an_empty_inbox_has_nothing(inbox: Inbox) -> None:
    assert (inbox.newest(), inbox.after(0), inbox.quarantined()) == (0, [], [])


def test_what_is_put_aside_keeps_its_bytes_and_holds_nothing_up(inbox: Inbox) -> None:
    for _ in range(2):
        inbox.quarantine("xero", None, NOON, b"\xff{", "utf8_invalid")
    inbox.quarantine("xero", "k", NOON, b"\xff{", "json_invalid")
    assert inbox.append([event("after")]) == [True]
    assert inbox.quarantined() == [
        Quarantined("xero", None, NOON, b"\xff{", "utf8_invalid"),
        Quarantined("xero", "k", NOON, b"\xff{", "json_invalid"),
    ]
    assert inbox.quarantined_count() == 2


def test_a_reason_that_quotes_what_came_is_kept_as_both_databases_can(inbox: Inbox) -> None:
    inbox.quarantine("xero", "k", NOON, b"{}", "unknown kind: a\0b\n" + "c" * 300)
    (kept,) = inbox.quarantined()
    assert kept.reason == "unknown kind: a\ufffdb\ufffd" + "c" * 182


def test_what_was_put_aside_is_counted_by_the_word_of_its_reason(inbox: Inbox) -> None:
    for number in range(3):
        inbox.quarantine("xero", f"{number}", NOON, b"{}", f"record unknown: invoices {number}")
    inbox.quarantine("xero", None, NOON, b"{", "json_invalid")
    assert inbox.quarantined_by_reason() == {
        ("xero", "record unknown"): 3,
        ("xero", "json_invalid"): 1,
    }


def test_what_is_offered_again_is_an_event_and_put_aside_no_more(inbox: Inbox) -> None:
    inbox.append([event("a")])
    for _ in range(2):
        inbox.quarantine("typeform", None, NOON, b"{", "key_failed")
    (aside,) = inbox.quarantined()
    assert aside.number is not None
    assert inbox.offer_again(aside.number, event("b"))
    assert [stored.event.key for stored in inbox.after(0)] == ["a", "b"]
    assert inbox.quarantined() == []
    inbox.quarantine("typeform", None, NOON, b"{", "key_failed")
    (again,) = inbox.quarantined()
    # Numbers are never given twice: a retried key holds one.
    assert again.number is not None and again.number > aside.number
    assert not inbox.offer_again(again.number, event("a"))
    assert (inbox.newest(), inbox.quarantined()) == (inbox.newest(), [])


def test_the_first_event_since_an_instant_is_found(inbox: Inbox) -> None:
    times = [NOON + timedelta(hours=hour) for hour in range(3)]
    inbox.append([Event("xero", f"{n}", at, b"{}") for n, at in enumerate(times)])
    inbox.append([event("z")])
    keys = {stored.sequence: stored.event.key for stored in inbox.after(0)}
    for since, key in ((NOON, "0"), (NOON + timedelta(minutes=1), "1")):
        found = inbox.first_since("xero", since)
        assert found is not None and keys[found] == key
    assert inbox.first_since("xero", NOON + timedelta(days=1)) is None


def test_an_instant_without_a_zone_is_refused(inbox: Inbox) -> None:
    with pytest.raises(ValueError, match="no zone"):
        inbox.append([Event("typeform", "a", datetime(2026, 1, 1), b"{}")])  # noqa: DTZ001
    assert inbox.newest() == 0


def test_no_sequence_appears_behind_a_reader_while_many_append(opened: Open) -> None:
    appenders, batches, size = 4, 15, 5

    def append(name: int) -> None:
        inbox = opened()
        for number in range(batches):
            # Every second batch also repeats what another appender brings.
            shared = [event(f"shared-{number}")] if number % 2 else []
            inbox.append([event(f"{name}-{number}-{each}") for each in range(size)] + shared)

    inbox = opened()
    threads = [threading.Thread(target=append, args=(name,)) for name in range(appenders)]
    for thread in threads:
        thread.start()
    seen: list[str] = []
    position = 0
    while any(thread.is_alive() for thread in threads) or inbox.after(position, 1):
        for stored in inbox.after(position, limit=7):
            seen.append(stored.event.key)
            position = stored.sequence
    for thread in threads:
        thread.join()
    everything = [each.event.key for each in inbox.after(0, limit=10_000)]
    assert seen == everything
    assert len(set(seen)) == len(seen) == appenders * batches * size + batches // 2


def test_the_reader_of_one_process_sees_what_another_wrote(opened: Open) -> None:
    writer, reader = opened(), opened()
    writer.append([event("a")])
    assert reader.depth("landing:typeform") == 1
    reader.advance("landing:typeform", reader.newest())
    assert writer.depth("landing:typeform") == 0


def test_connections_that_postgresql_ended_are_made_anew(postgres: str) -> None:
    import pg8000.native
    from sqlalchemy import make_url

    inbox = Inbox.open(_emptied(postgres))
    inbox.append([event("a")])
    address = make_url(postgres)
    with pg8000.native.Connection(
        "vouch", host="127.0.0.1", port=address.port, database="postgres"
    ) as other:
        other.run(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        )
    assert inbox.append([event("a"), event("b")]) == [False, True]
    inbox.close()


def test_postgresql_that_is_not_there_is_named() -> None:
    with pytest.raises(InboxUnavailable, match="Start PostgreSQL") as raised:
        Inbox.open("postgresql+pg8000://vouch:secret@127.0.0.1:1/nothing")
    assert raised.value.reason == "inbox_unreachable"
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///:memory:", "mysql://x", "postgresql://x", "inbox.sqlite"]
)
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InboxUnavailable, match=r"sqlite:////absolute/path/inbox\.sqlite or"):
        Inbox.open(url)


def test_many_may_open_a_new_inbox_at_once(opened: Open) -> None:
    ready = threading.Barrier(8)
    failed: list[Exception] = []

    def open_it() -> None:
        ready.wait()
        try:
            opened()
        except InboxUnavailable as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    opened().append([event("1")])
