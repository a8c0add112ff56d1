"""Where the last pull of an entity ended, and what it had already seen there.

Vendors' filters are inclusive, coarse or late, so a pull reaches back a little; what is
delivered again unchanged is recognised by its hash and not landed twice.
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any


class Cursor:
    """The newest version landed and the digests of what lies within the overlap.

    Args:
        state: dlt's resource state, which is saved with the load or not at all.
        overlap: how far ``since`` lies behind the newest version.
    """

    def __init__(self, state: MutableMapping[str, Any], overlap: timedelta) -> None:
        self._state = state
        self._overlap = overlap
        newest = state.get("newest")
        self._newest = datetime.fromisoformat(newest) if newest else None
        self._seen: dict[str, tuple[datetime | None, str]] = {
            key: (datetime.fromisoformat(at) if at else None, digest)
            for key, at, digest in state.get("seen", [])
        }
        self.since = self._newest - overlap if self._newest else None

    def is_new(self, record_id: str, version: datetime | None, payload: bytes) -> bool:
        """Whether exactly this payload was not seen before; remembers it."""
        digest = blake2b(payload, digest_size=12).hexdigest()
        known = self._seen.get(record_id, (None, ""))[1] == digest
        self._seen[record_id] = (version, digest)
        if version is not None and (self._newest is None or version > self._newest):
            self._newest = version
        return not known

    def save(self) -> None:
        """Keep what the next pull needs: the newest version, and digests within its reach."""
        edge = self._newest - self._overlap if self._newest else None
        # A second more than the edge: filters work in whole seconds.
        kept = [
            (key, at.isoformat() if at else None, digest)
            for key, (at, digest) in self._seen.items()
            if at is None or edge is None or at >= edge - timedelta(seconds=1)
        ]
        self._state["newest"] = self._newest.isoformat() if self._newest else None
        self._state["seen"] = sorted(kept)
