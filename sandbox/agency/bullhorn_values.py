"""How Bullhorn writes associations and times."""

from datetime import datetime
from typing import Any

from sandbox.agency.calendar import epoch_ms

Record = dict[str, Any]


def to(target_id: int | None) -> Record | None:
    """An association to one record, or null."""
    return None if target_id is None else {"id": target_id}


def ms(moment: datetime | None) -> int | None:
    """Epoch milliseconds, or null."""
    return None if moment is None else epoch_ms(moment)


def many(ids: list[int]) -> Record:
    """An association to several records."""
    return {"total": len(ids), "data": [{"id": one} for one in ids]}
