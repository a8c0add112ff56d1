"""A form's responses in the order and within the bounds that were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from sandbox.shelf import Shelf
from sandbox.store import Store

_LANDED = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Found:
    """Responses that match, and how many match without regard to the token."""

    items: list[bytes]
    total: int


@dataclass(frozen=True)
class _Row:
    token: str
    submitted: datetime | None
    item: bytes


class Responses:
    """Reads the store's responses; a replayed one without form belongs to every form."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(
        self,
        form: str,
        since: datetime | None,
        until: datetime | None,
        params: Mapping[str, str],
    ) -> Found:
        """Newest first unless ``sort`` says otherwise. KeyError for an unknown token."""
        shelf = self._store.shelf("typeform", "responses")
        rows = shelf.remembered(("newest first", form), lambda: _newest_first(shelf, form))
        kept = [row for row in rows if _within(row.submitted, since, until)]
        total = len(kept)
        if params.get("sort", "").replace(" ", "") == "submitted_at,asc":
            kept.reverse()
        # Older ones come before a token, newer ones after it.
        if "before" in params:
            kept = kept[_place(kept, params["before"]) + 1 :]
        elif "after" in params:
            kept = kept[: _place(kept, params["after"])][::-1]
        return Found([row.item for row in kept], total)


def _newest_first(shelf: Shelf, form: str) -> list[_Row]:
    rows = []
    for raw in shelf.raws:
        landed = _LANDED.decode(raw)
        is_wrapped = "form_id" in landed and "response" in landed
        if is_wrapped and msgspec.json.decode(landed["form_id"]) != form:
            continue
        item = bytes(landed["response"]) if is_wrapped else raw
        rows.append(_row(item))
    never = datetime.min.replace(tzinfo=UTC)
    # Pages go on from the token of their last item: what has none must not be last.
    rows.sort(key=lambda row: (not row.token, row.submitted or never, row.token), reverse=True)
    return rows


def _row(item: bytes) -> _Row:
    fields = msgspec.json.decode(item)
    token = fields.get("token")
    return _Row(token if isinstance(token, str) else "", _instant(fields.get("submitted_at")), item)


def _instant(recorded: object) -> datetime | None:
    """UTC unless it says otherwise; None for what cannot be read, which every range lets in."""
    try:
        moment = datetime.fromisoformat(str(recorded))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _within(moment: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    if moment is None:
        return True
    second = moment.replace(microsecond=0)
    return (since is None or second >= since) and (until is None or second <= until)


def _place(rows: list[_Row], token: str) -> int:
    for place, row in enumerate(rows):
        if row.token == token:
            return place
    raise KeyError(token)
