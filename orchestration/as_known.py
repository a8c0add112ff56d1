"""``vouch run --as-of``: the marts from what had arrived by an instant, beside everything else.

Nothing is pulled or published. What was built is compared with the release of that time.
"""

import logging
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import publication
from ingestion.landing import landed_files
from orchestration import code_version, dbt, warehouse
from orchestration.settings import Settings
from publication import Candidate, Release

log = logging.getLogger("vouch.build")


@dataclass(frozen=True, slots=True)
class AsKnown:
    """Marts as they could have been known.

    Attributes:
        until: UTC instant; what arrived later does not count.
        day: up to which open periods count.
        folder: the marts as Parquet and ``serving.duckdb``, the agency model in ``evidence``.
        release: the release that was current then, None before the first or when pruned.
        differing: names of marts and evidence whose bytes differ from that release's.
        same_code: whether that release was made by the code of now; if not, it may differ.
    """

    until: datetime
    day: date
    folder: Path
    release: str | None
    differing: tuple[str, ...]
    same_code: bool


def rebuild(settings: Settings, until: datetime, day: date) -> AsKnown:
    """Build the marts of ``day`` from what landed until ``until``; the caller holds the home.

    Raises:
        publication.CandidateError: dbt could not build them; its log is named.
    """
    place = settings.home / "as_of" / f"{until:%Y%m%dT%H%M%SZ}-{day:%Y%m%d}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    _build(settings, place, until, day)
    then = publication.release_at(settings.home, until)
    candidate = publication.build_candidate(
        place / "warehouse.duckdb",
        dbt.manifest(settings),
        place,
        previous=_before(settings.home, then),
    )
    return AsKnown(
        until,
        day,
        candidate.folder,
        None if then is None else then.id,
        () if then is None else _differing(candidate, then),
        then is not None and then.manifest()["origin"]["code"] == code_version.digest(),
    )


def _build(settings: Settings, place: Path, until: datetime, day: date) -> None:
    started = time.monotonic()
    target = place / "warehouse.duckdb"
    made = warehouse.Made(day, dbt.project_code())
    warehouse.prepare(target, settings.home, landed_files(settings.landing), made, until)
    log.info("building the marts as known at %s UTC", f"{until:%Y-%m-%d %H:%M:%S}")
    done = subprocess.run(
        [
            *(dbt.executable(), "build", "--quiet", "--no-use-colors"),
            *("--project-dir", str(dbt.PROJECT_DIR), "--profiles-dir", str(dbt.PROJECT_DIR)),
            *("--target-path", str(place / "dbt"), "--log-path", str(place / "dbt")),
            *("--exclude", "resource_type:unit_test"),
            *("--vars", dbt.variables(settings, day.isoformat())),
        ],
        check=False,
        env={**os.environ, **dbt.environment(settings), "VOUCH_WAREHOUSE": str(target)},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise publication.CandidateError(
            f"dbt could not build the marts as of {until.isoformat()}; see {place / 'dbt'}/dbt.log"
        )
    log.info("built in %.1f s", time.monotonic() - started)


def _before(home: Path, then: Release | None) -> Release | None:
    """The release that ``then`` was protected against; None if it is gone, or was none."""
    name = None if then is None else then.manifest().get("previous")
    return next((each for each in publication.releases(home) if each.id == name), None)


def _differing(candidate: Candidate, release: Release) -> tuple[str, ...]:
    released = {
        name: digest
        for name, digest in release.manifest()["files"].items()
        if name.endswith(".parquet")
    }
    built = {file.name: file.sha256 for file in candidate.files}
    return tuple(
        sorted(
            name.removesuffix(".parquet")
            for name in released.keys() | built.keys()
            if released.get(name) != built.get(name)
        )
    )
