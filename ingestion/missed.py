"""What events had announced of an entity, so that a pull can tell what they missed.

The webhook is a hint, the pull the truth. What was announced is read from landing itself: a
record that an event brought stands there with ``via = webhook``.
"""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.envelope import Record
from ingestion.landing import complete_loads

# Load ids are our clock's, the pull's edge is the vendor's.
_CLOCKS_DIFFER = timedelta(minutes=10)
_COLUMNS = ["source", "record_id", "version", "via"]


class Announced:
    """The newest version of each record that events brought since a pull's edge.

    Args:
        landing: ``VOUCH_HOME/landing``.
        place: vendor and landing entity.
        source: name of the account.
        since: from where the pull asks: what it brings changed at or after this instant, so
            its event came no earlier. Only loads since then are opened.
    """

    def __init__(self, landing: Path, place: tuple[str, str], source: str, since: datetime) -> None:
        self._newest: dict[str, datetime | None] = {}
        vendor, entity = place
        complete = complete_loads(landing / vendor)
        edge = (since - _CLOCKS_DIFFER).timestamp()
        for path in sorted((landing / vendor / entity).glob("*.parquet")):
            load_id = path.name.rsplit(".", 2)[0]
            if load_id in complete and float(load_id) >= edge:
                self._take(path, source)

    def has(self, record: Record) -> bool:
        """Whether an event brought this version of the record, or a newer one."""
        if record.record_id not in self._newest:
            return False
        newest = self._newest[record.record_id]
        return record.version is None or (newest is not None and newest >= record.version)

    def _take(self, path: Path, source: str) -> None:
        rows = pq.read_table(path, columns=_COLUMNS)
        rows = rows.filter(
            pc.and_(pc.equal(rows["via"], "webhook"), pc.equal(rows["source"], source))
        )
        for record_id, version in zip(
            rows["record_id"].to_pylist(), rows["version"].to_pylist(), strict=True
        ):
            known = self._newest.get(record_id)
            if known is None or (version is not None and version > known):
                self._newest[record_id] = version
