"""The drop folder: files put there are landed once, and each ends in done/ or refused/.

A file that is still being written is left where it is (``settling.py``).
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dlt
from dlt.common.typing import TDataItem

from ingestion.envelope import Delivery, records_table
from ingestion.errors import DropError
from ingestion.landing_writer import landing_pipeline, write
from ingestion.settling import SETTLE_SECONDS, Facts, Settling, facts
from ingestion.survey_file import SurveyFile, read_survey_file

log = logging.getLogger("vouch.drop")

DATASET = "files"
ENTITY = "survey_answers"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of one file: landed, repeated (its bytes were landed before) or refused."""

    name: str
    outcome: str
    rows: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Sound:
    """A file that can be landed, and how it was when it was read."""

    path: Path
    read: SurveyFile
    facts: Facts | None


def waiting(home: Path) -> list[Path]:
    """CSV files in ``home/drop`` that nothing has been done with yet, by name."""
    return sorted(path for path in (home / "drop").glob("*.csv") if path.is_file())


def land_dropped(home: Path, tenant_id: str, received_at: datetime) -> list[Dropped]:
    """Land every waiting file that is sound, as one load; put each where it belongs.

    A file that was changed just now is given two seconds to settle; one that changes still is
    left for the next time. A file is moved only after its rows are visible in landing: a crash
    in between leaves it waiting, and the next run recognises its bytes.
    """
    results: list[Dropped] = []
    sound: list[_Sound] = []
    for path in _settled(home):
        before = facts(path)
        try:
            read = read_survey_file(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            results.append(_refuse(path, _unreadable(path, error)))
        except DropError as error:
            # Half of a file is no sound one: a refusal is as final as landing it.
            if facts(path) == before:
                results.append(_refuse(path, error))
        else:
            if facts(path) == before:
                sound.append(_Sound(path, read, before))
    repeated: set[str] = set()

    def deliver() -> Iterator[TDataItem]:
        landed: list[str] = dlt.current.resource_state().setdefault("landed", [])
        for file in (each.read for each in sound):
            if file.sha256 in landed:
                repeated.add(file.name)
                continue
            load_id = dlt.current.load_package_state()["load_id"]
            delivery = Delivery(tenant_id, DATASET, ENTITY, received_at, load_id, "file")
            yield records_table(file.records, delivery)
            landed.append(file.sha256)

    if sound:
        pipeline = landing_pipeline(home, "drop", DATASET)
        write(pipeline, DATASET, [dlt.resource(deliver, name=ENTITY)()])
    results += [_put_away(each, each.read.name in repeated) for each in sound]
    return results


def _settled(home: Path) -> list[Path]:
    """Waiting files that nobody writes any more; it is waited for them once."""
    settling, found = Settling(), waiting(home)
    settled = settling.settled(found)
    if len(settled) < len(found):
        time.sleep(SETTLE_SECONDS)
        settled = settling.settled(found)
        for path in set(found) - set(settled):
            log.info("%s: still being written, left for the next run", path.name)
    return settled


def _put_away(landed: _Sound, is_repeated: bool) -> Dropped:
    file, rows, now = landed.read, len(landed.read.records), facts(landed.path)
    if now is None:
        log.warning("%s: landed, and taken away by somebody else", file.name)
        return Dropped(file.name, "landed", rows)
    if now != landed.facts:
        error = DropError(
            f"{file.name}: was changed after its first {rows} rows had been landed. Drop the "
            "rows behind them as a file of their own."
        )
        _refuse(landed.path, error)
        return Dropped(file.name, "landed", rows, str(error))
    log.info("%s: %s, %d rows", file.name, "repeated" if is_repeated else "landed", rows)
    _move(landed.path, "done", file.sha256)
    if is_repeated:
        return Dropped(file.name, "repeated")
    return Dropped(file.name, "landed", rows)


def _unreadable(path: Path, error: OSError) -> DropError:
    return DropError(
        f"{path.name}: cannot be read ({error.strerror}). Make it readable for the pipeline's "
        "user and drop it again."
    )


def _refuse(path: Path, error: DropError) -> Dropped:
    log.warning("refused %s", error)
    kept = _move(path, "refused", _digest(path))
    kept.with_name(f"{kept.name}.reason.txt").write_text(f"{error}\n", encoding="utf-8")
    return Dropped(path.name, "refused", reason=str(error))


def _digest(path: Path) -> str:
    """Of its bytes; of one that cannot be read, of what is known of it."""
    try:
        content = path.read_bytes()
    except OSError:
        content = repr(facts(path)).encode()
    return hashlib.sha256(content).hexdigest()


def _move(path: Path, where: str, digest: str) -> Path:
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    return path.rename(folder / f"{digest[:16]}-{path.name}")
