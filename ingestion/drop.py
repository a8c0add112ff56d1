"""The drop folder: files put there are landed once, and each ends in done/ or refused/."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dlt
from dlt.common.typing import TDataItem

from ingestion.envelope import Delivery, records_table
from ingestion.errors import DropError
from ingestion.landing_writer import landing_pipeline, write
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


def waiting(home: Path) -> list[Path]:
    """CSV files in ``home/drop`` that nothing has been done with yet, by name."""
    return sorted(path for path in (home / "drop").glob("*.csv") if path.is_file())


def land_dropped(home: Path, tenant_id: str, received_at: datetime) -> list[Dropped]:
    """Land every waiting file that is sound, as one load; put each where it belongs.

    A file is moved only after its rows are visible in landing: a crash in between leaves
    it waiting, and the next run recognises its bytes.
    """
    results: list[Dropped] = []
    sound: list[tuple[Path, SurveyFile]] = []
    for path in waiting(home):
        try:
            sound.append((path, read_survey_file(path)))
        except DropError as error:
            results.append(_refuse(path, error))
    repeated: set[str] = set()

    def deliver() -> Iterator[TDataItem]:
        landed: list[str] = dlt.current.resource_state().setdefault("landed", [])
        for _, file in sound:
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
    for path, file in sound:
        outcome = "repeated" if file.name in repeated else "landed"
        rows = len(file.records)
        log.info("%s: %s, %d rows", file.name, outcome, rows)
        _move(path, "done", file.sha256)
        results.append(Dropped(file.name, outcome, 0 if outcome == "repeated" else rows))
    return results


def _refuse(path: Path, error: DropError) -> Dropped:
    log.warning("refused %s", error)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = _move(path, "refused", digest)
    kept.with_name(f"{kept.name}.reason.txt").write_text(f"{error}\n", encoding="utf-8")
    return Dropped(path.name, "refused", reason=str(error))


def _move(path: Path, where: str, digest: str) -> Path:
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    return path.rename(folder / f"{digest[:16]}-{path.name}")
