"""SQLite that cannot be written: the reason is counted, the advice is given, nothing is lost."""

import os
import resource
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.inbox import Event, Inbox, InboxUnavailable

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def event(key: str, body: bytes = b"{}") -> Event:
    return Event("typeform", key, NOON, body)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InboxUnavailable, match=r"file cannot be made .* writable") as raised:
        Inbox.open(f"sqlite:///{tmp_path / 'file' / 'inbox.sqlite'}")
    assert raised.value.reason == "inbox_unwritable"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    path.write_bytes(b"not a database, however it is called" * 50)
    with pytest.raises(InboxUnavailable, match="file is not a database") as raised:
        Inbox.open(f"sqlite:///{path}")
    assert raised.value.reason == "inbox_unwritable"


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InboxUnavailable, match="writable") as raised:
        Inbox.open(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    assert raised.value.reason == "inbox_unwritable"


def test_a_database_that_may_only_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "inbox.sqlite"
    inbox = Inbox.open(f"sqlite:///{path}")
    inbox.append([event("a")])
    inbox.close()
    # What the operating system does to a user without rights, SQLite can do to itself.
    frozen = Inbox.open(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert [stored.event.key for stored in frozen.after(0)] == ["a"]
    with pytest.raises(InboxUnavailable, match="readonly database") as raised:
        frozen.append([event("b")])
    assert raised.value.reason == "inbox_unwritable"
    frozen.close()
    assert not (tmp_path / "file:").exists()


def test_another_writer_that_stays_too_long_is_told(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite"
    inbox = Inbox.open(f"sqlite:///{path}")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(InboxUnavailable, match="held it for 3 s") as raised:
        inbox.append([event("a")])
    assert raised.value.reason == "inbox_busy"
    holder.execute("rollback")
    holder.close()
    assert inbox.append([event("a")]) == [True]
    inbox.close()


_FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from ingestion.inbox import Event, Inbox, InboxUnavailable

inbox = Inbox.open(sys.argv[1])
stored = 0
# A file that may not grow is what a full disk looks like from here.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
try:
    for number in range(100):
        batch = [Event("typeform", str(number), datetime.now(UTC), bytes(50_000))]
        stored += sum(inbox.append(batch))
except InboxUnavailable as error:
    print(stored, error.reason, sep="|")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(inbox.append([Event("typeform", "room again", datetime.now(UTC), b"{}")]))
"""


def test_a_full_disk_loses_nothing_that_was_stored_and_writing_goes_on_after(
    tmp_path: Path,
) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    url = f"sqlite:///{tmp_path / 'inbox.sqlite'}"
    done = subprocess.run(
        [sys.executable, "-c", _FULL, url], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told, again = done.stdout.splitlines()
    stored, reason = told.split("|")
    assert reason in {"inbox_full", "inbox_unwritable"}
    assert again == "[True]"
    inbox = Inbox.open(url)
    keys = [each.event.key for each in inbox.after(0)]
    inbox.close()
    assert int(stored) > 0
    assert keys == [*map(str, range(int(stored))), "room again"]
