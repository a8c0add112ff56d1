"""Bullhorn's ``/search`` (Lucene, with a total), ``/query`` (JPQL, without one), ``/entity``."""

from collections.abc import Callable

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.limits import Limits, Window
from sandbox.protocol import fields, jpql, lucene
from sandbox.protocol.answers import json_bytes, wrapped
from sandbox.protocol.bullhorn_errors import refused, too_many
from sandbox.protocol.bullhorn_login import CORPORATION, Login
from sandbox.protocol.conditions import BadFilter, Condition, matching
from sandbox.shelf import Positions, Shelf
from sandbox.store import Store

DEFAULT_COUNT, MOST = 20, 500
ENTITIES: dict[str, str] = {
    "CorporateUser": "corporate_users",
    "Candidate": "candidates",
    "ClientCorporation": "client_corporations",
    "ClientContact": "client_contacts",
    "Lead": "leads",
    "Opportunity": "opportunities",
    "JobOrder": "job_orders",
    "JobSubmission": "job_submissions",
    "JobSubmissionHistory": "job_submission_history",
    "Placement": "placements",
    "Note": "notes",
}
# Not in the search index: only /query knows them.
NOT_SEARCHABLE = ("CorporateUser", "JobSubmissionHistory")


class Rest:
    """The two list calls and the call by id over the store."""

    def __init__(self, store: Store, login: Login, limits: Limits) -> None:
        self._store = store
        self._login = login
        self._window = Window(limits.bullhorn_per_minute, 60)

    def routes(self) -> list[Route]:
        """The routes of the corporation's REST address."""
        base, both = f"/rest-services/{CORPORATION}", ["GET", "POST"]
        return [
            Route(f"{base}/search/{{entity}}", self.search, methods=both),
            Route(f"{base}/query/{{entity}}", self.query, methods=both),
            Route(f"{base}/entity/{{entity}}/{{ids}}", self.entity),
        ]

    async def entity(self, request: Request) -> Response:
        """Records by their ids, those there are; 404 when there is none of them."""
        refusal = self._login.refusal(request)
        if refusal:
            return refusal
        if self._window.admit() is not None:
            return too_many()
        name, ids = request.path_params["entity"], request.path_params["ids"].split(",")
        asked = request.query_params.get("fields", "")
        if name not in ENTITIES or not asked or not all(one.isdigit() for one in ids):
            return refused(400, "Unknown entity, no fields or no ids.", "errors.invalidEntity")
        found = self._store.found("bullhorn", ENTITIES[name], map(int, ids))
        if not found:
            return refused(404, f"Entity not found: {name}", "errors.entityNotFound")
        records = [fields.cut(raw, fields.parse(asked)) for raw in found]
        if len(ids) == 1:
            return json_bytes(b'{"data":' + records[0] + b"}")
        return json_bytes(wrapped({}, "data", records))

    async def search(self, request: Request) -> Response:
        """Records matching a Lucene ``query``, with ``total`` and ``_score``."""
        return await self._list(request, "query", "sort", lucene.parse)

    async def query(self, request: Request) -> Response:
        """Records matching a JPQL ``where``."""
        return await self._list(request, "where", "orderBy", jpql.parse)

    async def _list(
        self,
        request: Request,
        filter_name: str,
        order_name: str,
        parse: Callable[[str], tuple[Condition, ...]],
    ) -> Response:
        refusal = self._login.refusal(request)
        if refusal:
            return refusal
        if self._window.admit() is not None:
            return too_many()
        params = dict(request.query_params)
        if request.method == "POST":
            params |= msgspec.json.decode(await request.body() or b"{}")
        is_search = filter_name == "query"
        name = request.path_params["entity"]
        if name not in ENTITIES or (is_search and name in NOT_SEARCHABLE):
            return refused(400, f"Unknown or unsupported entity: {name}", "errors.invalidEntity")
        for needed in (filter_name, "fields"):
            if not params.get(needed):
                key = f"errors.missing{needed.capitalize()}"
                return refused(400, f"Missing required parameter '{needed}'.", key)
        try:
            return self._page(
                ENTITIES[name], params, parse(params[filter_name]), order_name, is_search
            )
        except (BadFilter, fields.MalformedFields, ValueError) as error:
            return refused(400, str(error), "errors.invalidQuery")

    def _page(
        self,
        entity: str,
        params: dict[str, str],
        conditions: tuple[Condition, ...],
        order_name: str,
        is_search: bool,
    ) -> Response:
        start = int(params.get("start", 0))
        count = min(int(params.get("count", DEFAULT_COUNT)), MOST)
        shelf = self._store.shelf("bullhorn", entity)
        asked = params["fields"]
        selection = fields.parse(asked)
        order = params.get(order_name, "id")
        found = shelf.remembered(
            ("found", conditions, order), lambda: _ordered(shelf, conditions, order)
        )
        extra = b'"_score":1.0' if is_search else b""
        chosen = found[start : start + count]
        items = [
            shelf.projected((asked, is_search), i, lambda raw: fields.cut(raw, selection, extra))
            for i in chosen.tolist()
        ]
        head: dict[str, int] = {"total": len(found)} if is_search else {}
        head |= {"start": start, "count": len(items)}
        return json_bytes(wrapped(head, "data", items))


def _ordered(shelf: Shelf, conditions: tuple[Condition, ...], order: str) -> Positions:
    found: Positions = np.flatnonzero(matching(shelf, conditions))
    field = order.removeprefix("-").removeprefix("+").split(",")[0].split(" ")[0]
    # Nothing comes before any number: what has no id belongs on the first page.
    values = np.nan_to_num(shelf.numbers(field)[found], nan=-np.inf)
    # Stable, so that equal values stay in order of id; the shelf is sorted by id.
    is_falling = order.startswith("-") or order.lower().endswith(" desc")
    ranked = np.argsort(-values if is_falling else values, kind="stable")
    return found[ranked]
