"""Files that a candidate has in common with the release before it: taken, not made again."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.files import file_sha256, sync
from publication.export import EarlierDatabase
from publication.marts import EvidenceModel, PublicMart
from publication.places import CANDIDATE, DATABASE, Places
from publication.releases import Release

_PROTECTION = "protection"


@dataclass(frozen=True, slots=True)
class Reusable:
    """A released file and the hex hash under which it was released."""

    path: Path
    sha256: str


def file_contents(
    marts: Sequence[PublicMart], evidence: Sequence[EvidenceModel], held: Mapping[str, str]
) -> dict[str, str]:
    """Of what each Parquet file is made, by its name, where that is known."""
    found = {f"{mart.name}.parquet": held.get(mart.name) for mart in marts}
    found |= {f"evidence/{model.name}.parquet": held.get(model.name) for model in evidence}
    return {name: content for name, content in found.items() if content is not None}


def reusable(release: Release | None, contents: Mapping[str, str]) -> dict[str, Reusable]:
    """The release's files that would be made again byte for byte, by name.

    A protected mart comes with what the release remembered of it: protected after that release,
    the same rows give the same bytes (docs/decisions/0008-suppression.md). A file whose bytes
    are not those that were released is not taken.
    """
    if release is None:
        return {}
    try:
        document = json.loads((release.folder / CANDIDATE).read_text(encoding="utf-8"))
        released, before = release.manifest()["files"], document.get("contents", {})
    except (OSError, ValueError, KeyError):
        return {}
    found: dict[str, Reusable] = {}
    for name, content in contents.items():
        names = [each for each in (name, f"{_PROTECTION}/{name}") if each in released]
        if before.get(name) != content or name not in names:
            continue
        files = {each: Reusable(release.folder / each, released[each]) for each in names}
        if all(_is_whole(file) for file in files.values()):
            found |= files
    return found


def keep_bare(places: Places, building: str, marts: Sequence[PublicMart], folder: Path) -> Path:
    """Keep the marts that will be protected in ``folder`` as they are; the folder they are in."""
    target = places.bare / building
    target.mkdir(parents=True)
    for mart in marts:
        if mart.suppression is not None:
            path = target / f"{mart.name}.parquet"
            shutil.copyfile(folder / path.name, path)
            sync(path)
    return target


def bare_of(places: Places, release: Release | None) -> Path | None:
    """Where the marts are from which the release's were protected, if they were kept."""
    if release is None:
        return None
    try:
        document = json.loads((release.folder / CANDIDATE).read_text(encoding="utf-8"))
        found = places.bare / str(document["id"])
    except (OSError, ValueError, KeyError):
        return None
    return found if found.is_dir() else None


def name_bare(places: Places, bare: Path, before: Path | None, candidate: str) -> None:
    """Give kept marts the candidate's name, with those of ``before`` that it took over.

    Those of candidates and releases that nothing is made from any more are discarded.
    """
    for file in before.iterdir() if before is not None else ():
        if not (bare / file.name).exists():
            os.link(file, bare / file.name)
    sync(bare)
    target = places.bare / candidate
    shutil.rmtree(target, ignore_errors=True)
    bare.rename(target)
    kept = {target.name, *(path.name for path in places.candidates.iterdir())}
    for folder in places.bare.iterdir():
        if folder.name not in kept and folder != before:
            shutil.rmtree(folder)


def released_database(
    release: Release | None, marts: Sequence[str], changed: Sequence[str]
) -> EarlierDatabase | None:
    """The release's database, when it holds just these marts and its bytes are the released.

    With it come Parquet files of the ``changed`` marts, where their bytes are the released, too.
    """
    if release is None:
        return None
    try:
        manifest = release.manifest()
        names = {mart["name"] for mart in manifest["marts"]}
        file = Reusable(release.folder / DATABASE, manifest["files"][DATABASE])
    except (OSError, ValueError, KeyError):
        return None
    if names != set(marts) or not _is_whole(file):
        return None
    parquet = {mart: f"{mart}.parquet" for mart in changed}
    released = {
        mart: Reusable(release.folder / name, manifest["files"][name])
        for mart, name in parquet.items()
        if name in manifest["files"]
    }
    return EarlierDatabase(
        file.path, {mart: each.path for mart, each in released.items() if _is_whole(each)}
    )


def _is_whole(file: Reusable) -> bool:
    return file.path.is_file() and file_sha256(file.path) == file.sha256


def take(files: Mapping[str, Reusable], folder: Path) -> None:
    """Put the files into the folder, by a second name for the same bytes where that is possible."""
    for name, file in files.items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        try:
            os.link(file.path, target)
        except OSError:
            shutil.copyfile(file.path, target)
            sync(target)
    for place in {(folder / name).parent for name in files}:
        sync(place)
