"""A candidate: the bytes that may become a release, made from the warehouse."""

import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import duckdb

from expectations.candidate import JudgedCandidate
from expectations.files import content_sha256, file_sha256, sync, write_durably
from publication.declared import evidence_from_json, marts_from_json
from publication.errors import CandidateError, NoCurrentRelease
from publication.export import (
    EarlierDatabase,
    ExportedFile,
    add_tables,
    export_parquet,
    exported,
    make_database,
)
from publication.marts import EvidenceModel, PublicMart, evidence_models, public_marts
from publication.places import CANDIDATE, DATABASE, MANIFEST, VERDICT, Places
from publication.releases import Release, current
from publication.reuse import (
    bare_of,
    file_contents,
    keep_bare,
    name_bare,
    released_database,
    reusable,
    take,
)
from publication.suppression import protect
from publication.unmapped import Unmapped, read_unmapped

KEPT_CANDIDATES = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Exported marts and evidence in ``folder``.

    ``sha256`` identifies the content (all Parquet files); ``database_sha256`` the DuckDB
    file made from them, whose bytes are not the same from one build to the next. ``previous``
    is the release that it was protected against, None for the first.
    """

    id: str
    folder: Path
    sha256: str
    database_sha256: str
    files: tuple[ExportedFile, ...]
    marts: tuple[PublicMart, ...]
    evidence: tuple[EvidenceModel, ...]
    previous: str | None = None
    # Of what each Parquet file was made: equal for equal tables and code, where that is known.
    contents: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The DuckDB file with the marts in its schema ``marts``."""
        return self.folder / DATABASE

    @property
    def unmapped(self) -> tuple[Unmapped, ...]:
        """What the mapping files lack."""
        rules = {model.name: model.unmapped for model in self.evidence if model.unmapped}
        return read_unmapped(self.folder, rules)

    @property
    def judged(self) -> JudgedCandidate:
        """The same folder, as the gate sees it."""
        return JudgedCandidate(self.folder)


def build_candidate(
    warehouse: Path,
    manifest: Mapping[str, Any],
    home: Path,
    *,
    previous: Release | Literal["current"] | None = "current",
    held: Mapping[str, str] | None = None,
) -> Candidate:
    """Copy the public marts and their evidence out of the warehouse, small groups protected.

    ``manifest`` is dbt's, as a dict; ``previous`` the release that readers have now, to which
    the difference must not reveal anybody. The same rows after the same release always give
    the same Parquet bytes; so, what was made of the same by the release before is taken from it.
    ``held`` says what each model's table holds, and by which code it is exported: a hash by the
    model's name.
    Raises ``CandidateError`` when the warehouse cannot be read (a writer has it open, or a
    model was not built) and ``MartDeclarationError`` when a mart is not declared fully.
    """
    marts, evidence = public_marts(manifest), evidence_models(manifest)
    places = Places(home)
    candidates = places.candidates
    candidates.mkdir(parents=True, exist_ok=True)
    _discard_old(candidates)
    building = candidates / f".building-{uuid.uuid4().hex}"
    try:
        released = _current(home) if previous == "current" else previous
        contents = file_contents(marts, evidence, held or {})
        same = reusable(released, contents)
        changed = [mart for mart in marts if f"{mart.name}.parquet" not in same]
        export_parquet(
            warehouse,
            changed,
            [model for model in evidence if f"evidence/{model.name}.parquet" not in same],
            building,
        )
        take(same, building)
        before = bare_of(places, released)
        bare = keep_bare(places, building.name, changed, building)
        names = [mart.name for mart in marts]
        changing = [mart.name for mart in changed]
        database = released_database(released, names, changing) if same else None
        against = released.folder if released else None
        if database is None:
            protect(building, changed, against, before)
            make_database(building, names)
        else:
            _change_database(
                building, database, changed, lambda: protect(building, changed, against, before)
            )
        files = exported(building)
    except duckdb.Error as error:
        shutil.rmtree(building, ignore_errors=True)
        raise CandidateError(
            f"cannot export the marts of {warehouse}: {error}; is dbt's build complete, and "
            "does no other process hold the warehouse?"
        ) from error
    made = Candidate(
        id="",
        folder=building,
        sha256=content_sha256((file.name, file.sha256) for file in files),
        database_sha256=file_sha256(building / DATABASE),
        files=files,
        marts=marts,
        evidence=evidence,
        previous=released.id if released else None,
        contents=contents,
    )
    finished = _finished(candidates, made)
    name_bare(places, bare, before, finished.id)
    return finished


def _change_database(
    building: Path,
    database: EarlierDatabase,
    changed: Sequence[PublicMart],
    protecting: Callable[[], object],
) -> None:
    """The released database with changed marts; what needs no protection while others get it."""
    ready = [mart.name for mart in changed if mart.suppression is None]
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(make_database, building, ready, database)
        protecting()
        made.result()
    protected = [mart.name for mart in changed if mart.suppression is not None]
    add_tables(building, protected, database.files)


def _current(home: Path) -> Release | None:
    """What readers see; None before the first release, or when its files are gone."""
    try:
        found = current(home)
    except NoCurrentRelease:
        return None
    return found if found.folder.is_dir() else None


def _finished(candidates: Path, made: Candidate) -> Candidate:
    """The exported folder under its final name, with its description in it."""
    identity = f"{made.sha256[:16]}-{made.database_sha256[:8]}"
    document = {**asdict(made), "id": identity}
    del document["folder"]
    content = json.dumps(document, indent=1, sort_keys=True).encode()
    write_durably(made.folder / CANDIDATE, content)
    folder = candidates / identity
    shutil.rmtree(folder, ignore_errors=True)
    made.folder.rename(folder)
    sync(candidates)
    return replace(made, id=identity, folder=folder)


def changed_files(candidate: Candidate) -> tuple[str, ...]:
    """What differs on disk from what was exported: names of changed, missing, added files."""
    exported = {file.name: file.sha256 for file in candidate.files}
    exported[DATABASE] = candidate.database_sha256
    present = {
        path.relative_to(candidate.folder).as_posix(): path
        for path in candidate.folder.rglob("*")
        if path.is_file()
    }
    changed = {name for name in exported if name not in present}
    for name, path in present.items():
        if name in exported:
            if file_sha256(path) != exported[name]:
                changed.add(name)
        elif name not in (CANDIDATE, VERDICT, MANIFEST):
            changed.add(name)
    return tuple(sorted(changed))


def _discard_old(candidates: Path) -> None:
    """Remove what a crash left half-built, and all but the newest refused candidates."""
    for unfinished in candidates.glob(".building-*"):
        shutil.rmtree(unfinished)
    for old in _newest_first(candidates)[KEPT_CANDIDATES:]:
        shutil.rmtree(old)


def _newest_first(candidates: Path) -> list[Path]:
    described = list(candidates.glob(f"*/{CANDIDATE}"))
    described.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [path.parent for path in described]


def latest_candidate(home: Path) -> Candidate:
    """The candidate built last and not yet released. Raises ``CandidateError`` if there is none."""
    newest = _newest_first(Places(home).candidates)
    if not newest:
        raise CandidateError(f"there is no candidate in {home}; build one")
    return read_candidate(newest[0])


def read_candidate(folder: Path) -> Candidate:
    """A candidate built earlier, perhaps by another process. Raises ``CandidateError``."""
    try:
        document = json.loads((folder / CANDIDATE).read_text(encoding="utf-8"))
        return Candidate(
            id=document["id"],
            folder=folder,
            sha256=document["sha256"],
            database_sha256=document["database_sha256"],
            files=tuple(ExportedFile(**file) for file in document["files"]),
            marts=marts_from_json(document["marts"]),
            evidence=evidence_from_json(document["evidence"]),
            previous=document.get("previous"),
            contents=document.get("contents", {}),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CandidateError(f"{folder} is not a candidate; build one") from error
