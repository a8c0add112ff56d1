"""One page of a Xero list: If-Modified-Since, ``IDs``, ``where``, ``order`` and paging."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import numpy as np

from sandbox.protocol.conditions import AnyOf, BadFilter, Condition, matching
from sandbox.shelf import Mask, Positions, Shelf

DEFAULT_SIZE, MOST = 100, 1000
# Lists that know ``IDs=``; the others ignore it.
_ID_FIELDS = {"Invoices": "InvoiceID", "Contacts": "ContactID"}
_WRAPPED_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EQUALITY = re.compile(r'\s*([\w.]+)\s*(==|!=)\s*(?:"([^"]*)"|(true|false))\s*')


def modified_since(header: str | None) -> float | None:
    """The header's instant in epoch ms: ISO without zone is UTC, HTTP dates work too."""
    if not header:
        return None
    try:
        moment = datetime.fromisoformat(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return None  # Xero ignores what it cannot read.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.timestamp() * 1000


class Listing:
    """The records of one page, and the page's place among the others."""

    def __init__(
        self,
        name: str,
        shelf: Shelf,
        params: dict[str, str],
        since: float | None,
        is_paged: bool,
    ) -> None:
        where, order = params.get("where", ""), params.get("order", "")
        ids = (_ID_FIELDS.get(name, ""), params.get("IDs", ""))
        found = shelf.remembered(
            ("found", where, order, since, ids), lambda: _found(shelf, where, order, since, ids)
        )
        page = int(params.get("page", 1))
        size = min(int(params.get("pageSize", DEFAULT_SIZE)), MOST)
        if page < 1 or size < 1:
            raise BadFilter(f"{name}: page and pageSize start at 1")
        chosen = found[(page - 1) * size : page * size] if is_paged else found
        self.items = [shelf.raws[position] for position in chosen.tolist()]
        self.pagination: dict[str, Any] = {}
        if is_paged:
            self.pagination["pagination"] = {
                "page": page,
                "pageSize": size,
                "pageCount": -(-len(found) // size),
                "itemCount": len(found),
            }


def _found(
    shelf: Shelf, where: str, order: str, since: float | None, ids: tuple[str, str]
) -> Positions:
    mask = matching(shelf, _conditions(where))
    if all(ids):
        mask &= AnyOf(ids[0], tuple(ids[1].split(","))).mask(shelf)
    if since is not None:
        mask &= _changed(shelf, since)
    found: Positions = np.flatnonzero(mask)
    field, _, direction = (order or "UpdatedDateUTC ASC").partition(" ")
    values = shelf.column(field)
    if field == "UpdatedDateUTC":
        values = [wrapped_ms(value) for value in values]
    ranked = sorted(found.tolist(), key=lambda place: _rank(values[place]))
    if direction.strip().upper() == "DESC":
        ranked.reverse()
    return np.array(ranked, dtype=np.int64)


def _rank(value: Any) -> tuple[int, float, str]:
    """Nothing first, then numbers, then text."""
    if isinstance(value, int | float):
        return (1, value, "")
    return (0, 0, "") if value is None else (2, 0, str(value))


def wrapped_ms(value: Any) -> int | None:
    """Epoch ms of ``/Date(ms+0000)/``; None for anything else."""
    match = _WRAPPED_DATE.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def _changed(shelf: Shelf, since: float) -> Mask:
    """Changed in the header's second or later; a record without the date always."""
    ms = [wrapped_ms(value) for value in shelf.column("UpdatedDateUTC")]
    return np.array([at is None or at >= since // 1000 * 1000 for at in ms], dtype=np.bool_)


def _conditions(where: str) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for part in re.split(r"\s+AND\s+|\s*&&\s*", where) if where.strip() else []:
        match = _EQUALITY.fullmatch(part)
        if match is None:
            raise BadFilter(f"the sandbox reads equalities joined by AND, not {part!r}")
        value: str | bool = match[3] if match[4] is None else match[4] == "true"
        conditions.append(AnyOf(match[1], (value,), match[2] == "!="))
    return tuple(conditions)
