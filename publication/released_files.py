"""Whether a release's files are the ones that were published."""

import json
from dataclasses import dataclass
from typing import Any

from expectations.files import file_sha256
from publication.ledger import LedgerLine, read_ledger
from publication.places import MANIFEST, Places
from publication.releases import live_lines


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was left: ``where`` it is, ``what`` differs."""

    where: str
    what: str

    def told(self) -> str:
        """Both in one line."""
        return f"{self.where}: {self.what}"


def release_problems(places: Places, release_id: str) -> list[Problem]:
    """What differs in one release's folder from what the ledger and its manifest say."""
    return [
        problem
        for line in live_lines(read_ledger(places.ledger).lines)
        if line.release == release_id
        for problem in line_problems(places, line)
    ]


def line_problems(places: Places, line: LedgerLine) -> list[Problem]:
    """The same, for the ledger line that published the release."""
    folder = places.releases / line.release
    where = f"releases/{line.release}"
    if not folder.is_dir():
        return [Problem(where, "is gone, and the ledger does not say that it was pruned")]
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return [Problem(f"{where}/{MANIFEST}", "is missing")]
    if file_sha256(manifest) != line.details["manifest_sha256"]:
        return [Problem(f"{where}/{MANIFEST}", "is not the one in the ledger")]
    said: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    present = released_files(places, line.release)
    problems = [Problem(f"{where}/{name}", "is missing") for name in said if name not in present]
    for name in present:
        if name not in said:
            problems.append(Problem(f"{where}/{name}", "does not belong to the release"))
        elif file_sha256(folder / name) != said[name]:
            problems.append(Problem(f"{where}/{name}", "was changed after publication"))
    return sorted(problems, key=Problem.told)


def released_files(places: Places, release: str) -> list[str]:
    """Names of the files in a release's folder, its manifest apart."""
    folder = places.releases / release
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / MANIFEST
    )
