"""A dropped CSV: sound as a whole, or refused with row and column."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.drop import land_dropped, waiting
from ingestion.errors import DropError
from ingestion.landing import landed_files
from ingestion.settling import SETTLE_SECONDS, Settling
from ingestion.survey_file import read_survey_file

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LONG_AGO = 1_000_000_000
HEADER = "respondent_email,score,comment,submitted_at,company_key\n"
ROW = "ada@example.com,9,quick and clear,2026-01-15T10:00:00Z,C-1\n"


def dropped(tmp_path: Path, text: str | bytes, name: str = "answers.csv") -> Path:
    folder = tmp_path / "drop"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    # Long ago: nobody writes it any more.
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def test_a_sound_file_gives_a_record_per_row(tmp_path: Path) -> None:
    file = read_survey_file(dropped(tmp_path, HEADER + ROW + ROW.replace("9", "")))
    assert [record.record_id.split(":")[1] for record in file.records] == ["2", "3"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER.replace(",comment", "") + ROW, "missing column comment"),
        ((HEADER + ROW).replace(",", ";"), "separated by semicolons"),
        (HEADER + ROW.replace("quick and clear", "=HYPERLINK(1)"), "row 2, comment: a formula"),
        (HEADER + ROW.replace("C-1", "@SUM(A1)"), "row 2, company_key: a formula"),
        (HEADER, "0 rows"),
        ("", "missing column"),
        (HEADER + ROW.replace(",9,", ",11,"), "row 2, score"),
        (HEADER + ROW.replace(",9,", ",nine,"), "row 2, score"),
        (HEADER + ROW.replace("10:00:00Z", "10:00:00"), "row 2, submitted_at"),
        (HEADER + ROW.replace("ada@example.com", "ada"), "row 2, respondent_email"),
        (HEADER + ROW.replace("\n", ",more\n"), "row 2, the row has another number"),
        (HEADER + '"open quote', "is not CSV"),
        ((HEADER + ROW).encode() + b"\xff", "not UTF-8"),
    ],
)
def test_an_unsound_file_is_refused_with_its_place(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    with pytest.raises(DropError, match=says) as raised:
        read_survey_file(dropped(tmp_path, text))
    assert "answers.csv" in str(raised.value)
    assert "ada@" not in str(raised.value)


def test_a_refused_file_is_kept_with_its_reason_and_nothing_lands(tmp_path: Path) -> None:
    dropped(tmp_path, HEADER)
    (result,) = land_dropped(tmp_path, "t", NOON)
    assert result.outcome == "refused"
    kept = sorted(path.name for path in (tmp_path / "drop" / "refused").iterdir())
    assert [name.split("-", 1)[1] for name in kept] == ["answers.csv", "answers.csv.reason.txt"]
    assert landed_files(tmp_path / "landing") == []
    assert waiting(tmp_path) == []


def test_the_same_bytes_land_once_whatever_they_are_called(tmp_path: Path) -> None:
    dropped(tmp_path, HEADER + ROW)
    first = land_dropped(tmp_path, "t", NOON)
    dropped(tmp_path, HEADER + ROW, "again.csv")
    second = land_dropped(tmp_path, "t", NOON)
    assert [result.outcome for result in first + second] == ["landed", "repeated"]
    assert sum(file.rows for file in landed_files(tmp_path / "landing")) == 1


def test_a_refused_file_does_not_hold_up_the_others(tmp_path: Path) -> None:
    dropped(tmp_path, HEADER, "empty.csv")
    dropped(tmp_path, HEADER + ROW, "sound.csv")
    outcomes = {result.name: result.outcome for result in land_dropped(tmp_path, "t", NOON)}
    assert outcomes == {"empty.csv": "refused", "sound.csv": "landed"}


def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    # A file that not even root can read from its beginning.
    (folder / "answers.csv").symlink_to("/proc/self/mem")
    (result,) = land_dropped(tmp_path, "t", NOON)
    assert result.outcome == "refused" and "cannot be read (Input/output error)" in result.reason
    assert waiting(tmp_path) == []


SLOW_WRITER = f"""
import sys, time
with open(sys.argv[1], "w") as file:
    file.write({HEADER + ROW!r})
    file.flush()
    print("half", flush=True)
    sys.stdin.read()
    file.write({ROW!r})
"""


def test_half_of_a_file_is_left_until_its_writer_is_done(tmp_path: Path) -> None:
    path = dropped(tmp_path, HEADER, "sound.csv").with_name("answers.csv")
    dropped(tmp_path, HEADER + ROW, "sound.csv")
    writer = subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None and writer.stdout.readline() == "half\n"
    first = land_dropped(tmp_path, "t", NOON)
    # A stalled upload stands still, and is still open.
    os.utime(path, (0, 0))
    second = land_dropped(tmp_path, "t", NOON)
    writer.communicate()
    third = land_dropped(tmp_path, "t", NOON)
    assert [(each.name, each.outcome, each.rows) for each in first + second + third] == [
        ("sound.csv", "landed", 1),
        ("answers.csv", "landed", 2),
    ]


def test_a_file_from_a_clock_that_is_ahead_settles_by_being_looked_at(tmp_path: Path) -> None:
    path = dropped(tmp_path, HEADER + ROW)
    os.utime(path, (time.time() + 3600,) * 2)
    settling = Settling()
    assert settling.settled([path]) == []
    time.sleep(SETTLE_SECONDS / 2)
    path.write_text(HEADER + ROW + ROW)
    os.utime(path, (time.time() + 3600,) * 2)
    assert settling.settled([path]) == []
    time.sleep(SETTLE_SECONDS * 3 / 4)
    assert settling.settled([path]) == []
    time.sleep(SETTLE_SECONDS / 2)
    assert settling.settled([path]) == [path]


def test_what_grows_while_it_is_landed_is_not_lost(tmp_path: Path) -> None:
    path = dropped(tmp_path, HEADER + ROW)

    def grow() -> None:
        while not (tmp_path / "dlt").exists():
            time.sleep(0.002)
        with path.open("a") as file:
            file.write(ROW)

    growing = threading.Thread(target=grow)
    growing.start()
    (result,) = land_dropped(tmp_path, "t", NOON)
    growing.join()
    assert (result.outcome, result.rows) == ("landed", 1)
    assert "after its first 1 rows had been landed" in result.reason
    (kept,) = (tmp_path / "drop" / "refused").glob("*.csv")
    assert kept.read_text() == HEADER + ROW + ROW
