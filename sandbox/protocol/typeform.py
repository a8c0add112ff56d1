"""Typeform: forms, and their responses newest first, at two requests a second."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.credentials import Credentials
from sandbox.limits import Limits, Window
from sandbox.protocol.answers import json, json_bytes, wrapped
from sandbox.protocol.typeform_responses import Responses
from sandbox.store import Store

MOST, DEFAULT_SIZE = 1000, 25
MOST_FORMS, DEFAULT_FORMS = 200, 10


class Typeform:
    """The routes of the Create and the Responses API."""

    def __init__(self, store: Store, credentials: Credentials, limits: Limits) -> None:
        self._store = store
        self._token = credentials.typeform_token
        self._window = Window(limits.typeform_per_second, 1)
        self._responses = Responses(store)

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/forms", self.forms),
            Route("/forms/{form}", self.form),
            Route("/forms/{form}/responses", self.responses),
        ]

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            return _problem(403, "AUTHENTICATION_FAILED", "Authentication failed")
        if self._window.admit() is not None:
            return _problem(429, "TOO_MANY_REQUESTS", "Too many requests")
        return None

    async def forms(self, request: Request) -> Response:
        """A page of forms, without their fields."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        size = _whole(request, "page_size", DEFAULT_FORMS, MOST_FORMS)
        page = _whole(request, "page", 1, 10**6)
        if size is None or page is None:
            return _problem(400, "BAD_REQUEST", "page and page_size must be positive numbers")
        forms = _newest(self._store["typeform", "forms"])
        shown = forms[(page - 1) * size : page * size]
        return json(
            {
                "total_items": len(forms),
                "page_count": -(-len(forms) // size),
                "items": [_summary(form) for form in shown],
            }
        )

    async def form(self, request: Request) -> Response:
        """One form with its fields."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        try:
            wanted = request.path_params["form"]
            shelf = self._store.shelf("typeform", "forms")
            # Of several recorded versions the last: a form has one address.
            place = len(shelf) - 1 - shelf.column("id")[::-1].index(wanted)
            return json_bytes(shelf.raws[place])
        except ValueError:
            return _not_found()

    async def responses(self, request: Request) -> Response:
        """A page of a form's responses.

        ``since`` and ``until`` include their second; ``before`` and ``after`` are tokens
        and do not go together with ``sort``.
        """
        refusal = self._refusal(request)
        if refusal:
            return refusal
        params = dict(request.query_params)
        size = _whole(request, "page_size", DEFAULT_SIZE, MOST)
        is_paged_by_token = "before" in params or "after" in params
        if size is None or (is_paged_by_token and "sort" in params):
            return _problem(400, "BAD_REQUEST", "page_size, or sort with before or after")
        form = request.path_params["form"]
        if form not in self._store.shelf("typeform", "forms").column("id"):
            return _not_found()
        try:
            since, until = (_instant(params.get(name)) for name in ("since", "until"))
            found = self._responses.of(form, since, until, params)
        except (ValueError, KeyError) as error:
            return _problem(400, "VALIDATION_ERROR", f"invalid parameter: {error}")
        items = found.items[:size]
        head = {"total_items": found.total, "page_count": -(-found.total // size)}
        return json_bytes(wrapped(head, "items", items))


def _newest(forms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each form once; one without id stays in its place."""
    by_id: dict[str | int, dict[str, Any]] = {}
    for place, form in enumerate(forms):
        known = form.get("id")
        by_id[known if isinstance(known, str) else place] = form
    return list(by_id.values())


def _summary(form: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "type", "title", "created_at", "last_updated_at", "settings")
    return {name: form[name] for name in kept if name in form}


def _whole(request: Request, name: str, default: int, most: int) -> int | None:
    text = request.query_params.get(name, str(default))
    return min(int(text), most) if text.isdigit() and int(text) > 0 else None


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.replace(microsecond=0)


def _problem(status: int, code: str, description: str) -> Response:
    return json({"code": code, "description": description}, status)


def _not_found() -> Response:
    return _problem(404, "FORM_NOT_FOUND", "Non existing form with such uid")
