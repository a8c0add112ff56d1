"""What a release was made from: code, day, and the landed loads with the hashes of their files."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from expectations.files import content_sha256
from publication.errors import NoCurrentRelease
from publication.releases import current


@dataclass(frozen=True, slots=True)
class InputFile:
    """One landed file: its name within the vendor's folder, hex hash and envelopes."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class InputLoad:
    """One complete load of one vendor."""

    vendor: str
    load_id: str
    files: tuple[InputFile, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What names the load."""
        return self.vendor, self.load_id

    @property
    def sha256(self) -> str:
        """One hex hash over the names and hashes of the load's files."""
        return content_sha256((file.name, file.sha256) for file in self.files)


@dataclass(frozen=True, slots=True)
class Origin:
    """``code`` is a digest of the code that built it, ``as_of`` the day that counted as today.

    ``inbox`` is the inbox's position: events up to it were landed before, by this build or an
    earlier one; 0 before the first build from events.
    """

    code: str
    as_of: date
    loads: tuple[InputLoad, ...]
    inbox: int = 0

    @property
    def loads_sha256(self) -> str:
        """One hex hash over all loads, whatever their order."""
        return content_sha256((_told(load), load.sha256) for load in self.loads)

    def hashes_beyond(self, known: Iterable[InputLoad]) -> dict[str, str]:
        """Hash by ``vendor/load_id`` of the loads that are not among ``known``."""
        before = {load.key for load in known}
        return {_told(load): load.sha256 for load in self.loads if load.key not in before}


def _told(load: InputLoad) -> str:
    return f"{load.vendor}/{load.load_id}"


def origin_to_json(origin: Origin) -> dict[str, Any]:
    """As stored in a release's manifest; loads in order of vendor and id."""
    loads = sorted(origin.loads, key=lambda load: load.key)
    return {
        "code": origin.code,
        "as_of": origin.as_of.isoformat(),
        "loads": [asdict(load) for load in loads],
        "inbox": origin.inbox,
    }


def origin_from_json(document: Mapping[str, Any]) -> Origin:
    """The inverse of ``origin_to_json``."""
    loads = tuple(
        InputLoad(
            load["vendor"], load["load_id"], tuple(InputFile(**file) for file in load["files"])
        )
        for load in document["loads"]
    )
    return Origin(
        document["code"],
        date.fromisoformat(document["as_of"]),
        loads,
        document.get("inbox", 0),
    )


def previous_loads(home: Path) -> tuple[InputLoad, ...]:
    """The loads that the current release was made from; none before the first release.

    Landed files never change, so their hashes need not be computed again.
    """
    found = previous_origin(home)
    return found.loads if found is not None else ()


def previous_origin(home: Path) -> Origin | None:
    """What the current release was made from; None before the first release."""
    try:
        return origin_from_json(current(home).manifest()["origin"])
    except (NoCurrentRelease, FileNotFoundError):
        return None
