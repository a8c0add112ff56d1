"""``vouch run --as-of``: the marts from what had landed by an instant, beside everything else.

Nothing is pulled or published. What was built is compared with the release of that time. Which
loads count: docs/decisions/0014-as-landed.md.
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
from ingestion.landing import LandedFile, landed_at, landed_files
from orchestration import code_version, dbt, warehouse
from orchestration.settings import Settings
from publication import Candidate, Release
from publication.origin import origin_from_json

log = logging.getLogger("vouch.build")


@dataclass(frozen=True, slots=True)
class AsKnown:
    """Marts as they could have been known.

    Attributes:
        until: UTC instant; what landed later does not count.
        day: up to which open periods count.
        folder: the marts as Parquet and ``serving.duckdb``, the agency model in ``evidence``.
        release: the release that was current then, None before the first or when pruned.
        differing: names of marts and evidence whose bytes differ from that release's.
        same_code: whether that release was made by the code and mapping files of now; if not,
            it may differ.
        loads_since: how many loads landed between that release and ``until``. They count here, and
            the release does not have them.
    """

    until: datetime
    day: date
    folder: Path
    release: str | None
    differing: tuple[str, ...]
    same_code: bool
    loads_since: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """The landed files that count, and how many of their loads are younger than the release."""

    files: tuple[LandedFile, ...]
    loads_since: int


def known(landing: Path, until: datetime, then: Release | None) -> Known:
    """What had landed until ``until``.

    When nothing landed between the release of that time and ``until``, these are the files that
    the release was made from: a build of a part leaves some waiting that had landed.
    """
    instants = landed_at(landing)
    landed = tuple(
        file for file in landed_files(landing) if instants[file.vendor, file.load_id] <= until
    )
    if then is None:
        return Known(landed, 0)
    since = {
        (file.vendor, file.load_id)
        for file in landed
        if instants[file.vendor, file.load_id] > then.published_at
    }
    if since:
        return Known(landed, len(since))
    loads = origin_from_json(then.manifest()["origin"]).loads
    released = {(load.vendor, file.name) for load in loads for file in load.files}
    names = ((file, f"{file.entity}/{file.path.name}") for file in landed)
    return Known(tuple(file for file, name in names if (file.vendor, name) in released), 0)


def rebuild(settings: Settings, until: datetime, day: date) -> AsKnown:
    """Build the marts of ``day`` from what landed until ``until``; the caller holds the home.

    Raises:
        publication.CandidateError: dbt could not build them; its log is named.
    """
    place = settings.home / "as_of" / f"{until:%Y%m%dT%H%M%SZ}-{day:%Y%m%d}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    then = publication.release_at(settings.home, until)
    counted = known(settings.landing, until, then)
    _build(settings, place, counted.files, until, day)
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
        counted.loads_since,
    )


def _build(
    settings: Settings,
    place: Path,
    files: tuple[LandedFile, ...],
    until: datetime,
    day: date,
) -> None:
    started = time.monotonic()
    target = place / "warehouse.duckdb"
    made = warehouse.Made(day, dbt.project_code())
    warehouse.prepare(target, settings.home, files, made)
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
