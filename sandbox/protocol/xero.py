"""Xero: a custom connection's token, the tenant header, and paged lists of the Accounting API."""

import base64
import binascii
import time
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.credentials import Credentials
from sandbox.limits import Limits, Window
from sandbox.protocol.answers import json, json_bytes, wrapped
from sandbox.protocol.conditions import BadFilter
from sandbox.protocol.xero_lists import Listing, modified_since
from sandbox.store import Store

# path -> (landing entity, whether it comes in pages)
LISTS: dict[str, tuple[str, bool]] = {
    "Accounts": ("accounts", False),
    "Contacts": ("contacts", True),
    "Invoices": ("invoices", True),
    "CreditNotes": ("credit_notes", True),
    "Payments": ("payments", True),
    "BankTransactions": ("bank_transactions", True),
}


class Xero:
    """Identity server and Accounting API of one organisation."""

    def __init__(self, store: Store, credentials: Credentials, limits: Limits) -> None:
        self._store = store
        self._credentials = credentials
        self._limits = limits
        self._minute = Window(limits.xero_per_minute, 60)
        self._day = Window(limits.xero_per_day, 86_400)
        self._tokens: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/connect/token", self.token, methods=["POST"]),
            Route("/connections", self.connections),
            Route("/api.xro/2.0/{list}", self.records),
            Route("/api.xro/2.0/{list}/{id}", self.record),
        ]

    def expire(self) -> None:
        """Time all tokens out, so that the next call is answered 401."""
        self._tokens.clear()

    async def token(self, request: Request) -> Response:
        """A bearer token for client id and secret in HTTP Basic."""
        known = self._credentials
        if _basic(request) != f"{known.xero_client_id}:{known.xero_client_secret}":
            return json({"error": "invalid_client"}, 400)
        form = (await request.body()).decode("utf-8", "replace")
        if "grant_type=client_credentials" not in form:
            return json({"error": "unsupported_grant_type"}, 400)
        token = uuid.uuid4().hex
        self._tokens[token] = time.monotonic() + self._limits.xero_token_seconds
        return json(
            {
                "access_token": token,
                "expires_in": int(self._limits.xero_token_seconds),
                "token_type": "Bearer",
                "scope": "accounting.contacts.read accounting.settings.read",
            }
        )

    async def connections(self, request: Request) -> Response:
        """The organisations this token reaches: one."""
        if not self._is_known(request):
            return _refused(401, "Unauthorized", "AuthenticationUnsuccessful")
        return json(
            [
                {
                    "id": str(uuid.uuid5(uuid.NAMESPACE_URL, self._credentials.xero_tenant_id)),
                    "tenantId": self._credentials.xero_tenant_id,
                    "tenantType": "ORGANISATION",
                    "tenantName": "Sandbox Recruitment Ltd",
                    "createdDateUtc": "2024-01-01T09:00:00.0000000",
                    "updatedDateUtc": "2024-01-01T09:00:00.0000000",
                }
            ]
        )

    async def records(self, request: Request) -> Response:
        """One list: Contacts, Invoices ..."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        name = request.path_params["list"]
        if name not in LISTS:
            return _refused(404, "Not Found", "The resource you're looking for cannot be found")
        entity, is_paged = LISTS[name]
        params = dict(request.query_params)
        since = modified_since(request.headers.get("If-Modified-Since"))
        try:
            listing = Listing(name, self._store.shelf("xero", entity), params, since, is_paged)
        except (BadFilter, ValueError) as error:
            problem = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": str(error)}
            return json(problem, 400)
        return self._answer(name, listing.items, listing.pagination)

    async def record(self, request: Request) -> Response:
        """One record of a list, in a list."""
        refusal = self._refusal(request)
        if refusal:
            return refusal
        name = request.path_params["list"]
        entity = LISTS[name][0] if name in LISTS else ""
        found = self._store.found("xero", entity, [request.path_params["id"]])
        if not found:
            return _refused(404, "Not Found", "The resource you're looking for cannot be found")
        return self._answer(name, found, {})

    def _answer(self, name: str, items: list[bytes], pagination: dict[str, Any]) -> Response:
        head = {
            "Id": str(uuid.uuid4()),
            "Status": "OK",
            "ProviderName": "Sandbox",
            "DateTimeUTC": f"/Date({int(time.time() * 1000)})/",
            **pagination,
        }
        return json_bytes(wrapped(head, name, items), headers=self._rate_headers())

    def _is_known(self, request: Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self._tokens.get(token, 0) > time.monotonic()

    def _refusal(self, request: Request) -> Response | None:
        if not self._is_known(request):
            return _refused(401, "Unauthorized", "AuthenticationUnsuccessful")
        if request.headers.get("xero-tenant-id") != self._credentials.xero_tenant_id:
            return _refused(403, "Forbidden", "AuthenticationUnsuccessful")
        for window, problem in ((self._minute, "minute"), (self._day, "day")):
            wait = window.admit()
            if wait is not None:
                headers = {
                    "Retry-After": str(int(wait) + 1),
                    "X-Rate-Limit-Problem": problem,
                    **self._rate_headers(),
                }
                return json({"Detail": "Rate limit exceeded", "Status": 429}, 429, headers)
        return None

    def _rate_headers(self) -> dict[str, str]:
        return {
            "X-DayLimit-Remaining": str(self._day.remaining),
            "X-MinLimit-Remaining": str(self._minute.remaining),
            "X-AppMinLimit-Remaining": "9999",
        }


def _basic(request: Request) -> str:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        return base64.b64decode(encoded).decode() if scheme == "Basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refused(status: int, title: str, detail: str) -> Response:
    return json(
        {
            "Type": None,
            "Title": title,
            "Status": status,
            "Detail": detail,
            "Instance": str(uuid.uuid4()),
            "Extensions": {},
        },
        status,
    )
