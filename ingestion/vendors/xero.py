"""Xero Accounting 2.0: receivables and vendor bills of one organisation.

Source: XeroAPI/Xero-OpenAPI xero_accounting.yaml and xero-webhooks.yaml,
developer.xero.com/faq/limits.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import (
    PageNumberPaginator,
    SinglePagePaginator,
)
from requests import Session
from requests.auth import HTTPBasicAuth

from ingestion.connection import Http, RawClient, RenewingAuth, decoded
from ingestion.envelope import Record
from ingestion.errors import SourceError
from ingestion.signatures import XERO
from ingestion.vendor import Entity, Hint, Page, Vendor, Webhook, instant_of

# 60 calls a minute and organisation; a burst at the start is within it for most agencies.
_PACE = 5.0
_PAGE = 1000
# Ids have 36 characters, and addresses of more than 2,000 are cut by some proxies.
_IDS = 40
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


class XeroAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a custom connection (client credentials) to one organisation."""

    client_id: str
    client_secret: str
    organisation: str
    """Xero's tenant id of the organisation; sent with every call as ``xero-tenant-id``."""
    identity_url: str = "https://identity.xero.com"
    url: str = "https://api.xero.com"
    scopes: str = "accounting.invoices.read accounting.contacts.read accounting.settings.read"


def connect(account: XeroAccount, http: Http) -> RESTClient:
    """A client bound to the organisation; its 30-minute token is renewed on 401."""
    session = http.session(_PACE)
    return RawClient(
        base_url=f"{account.url}/api.xro/2.0/",
        session=session,
        headers={"xero-tenant-id": account.organisation, "Accept": "application/json"},
        auth=RenewingAuth("Authorization", lambda: f"Bearer {_token(account, session)}"),
    )


def _token(account: XeroAccount, session: Session) -> str:
    answer = session.request(
        "POST",
        f"{account.identity_url}/connect/token",
        data={"grant_type": "client_credentials", "scope": account.scopes},
        auth=HTTPBasicAuth(account.client_id, account.client_secret),
    )
    if answer.status_code in (400, 401, 403):
        raise SourceError(
            "xero",
            "-",
            f"/connect/token answered {answer.status_code}: the client is not accepted.",
            "Check client_id, client_secret and scopes in vouch.toml or the environment.",
        )
    answer.raise_for_status()
    return str(decoded(answer.content, dict)["access_token"])


def _pages(
    path: str, id_field: str, paged: bool = True
) -> Callable[[RESTClient, datetime | None], Iterator[Page]]:
    def pages(client: RESTClient, since: datetime | None) -> Iterator[Page]:
        headers = {} if since is None else {"If-Modified-Since": f"{since:%Y-%m-%dT%H:%M:%S}"}
        # In id order a record that changes meanwhile stays on its page; in order of
        # modification it would move behind and another would be skipped.
        params: dict[str, Any] = {"pageSize": _PAGE, "order": f"{id_field} ASC"} if paged else {}
        if path == "Contacts":
            # Their invoices stay, so their company has to be known.
            params["includeArchived"] = "true"
        answers = client.paginate(
            path,
            params=params,
            headers=headers,
            paginator=PageNumberPaginator(
                base_page=1, page_param="page", total_path="pagination.pageCount"
            )
            if paged
            else SinglePagePaginator(),
            data_selector=path,
        )
        for answer in answers:
            yield [bytes(raw) for raw in answer]

    return pages


def _identify(id_field: str) -> Callable[[bytes], Record]:
    shape = msgspec.defstruct("_Known", [(id_field, str), ("UpdatedDateUTC", str | None, None)])
    decoder = msgspec.json.Decoder(shape)

    def identify(payload: bytes) -> Record:
        known: Any = decoder.decode(payload)
        return Record(getattr(known, id_field), _instant(known.UpdatedDateUTC), "upsert", payload)

    return identify


def _instant(text: str | None) -> datetime | None:
    """``/Date(ms+0000)/`` as a UTC instant; the offset is for display and never applied."""
    if text is None:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise msgspec.ValidationError("Expected `/Date(ms)/` - at `$.UpdatedDateUTC`")
    return instant_of(int(found[1]), "UpdatedDateUTC")


def _by_ids(path: str) -> Callable[[RESTClient, Sequence[str]], Iterator[Page]]:
    """``IDs=``, which Invoices and Contacts know; without a page invoices come without lines."""

    def fetch(client: RESTClient, ids: Sequence[str]) -> Iterator[Page]:
        for start in range(0, len(ids), _IDS):
            some = ",".join(ids[start : start + _IDS])
            params = {"IDs": some, "page": 1, "pageSize": _IDS, "includeArchived": "true"}
            answer = client.get(path, params=params)
            answer.raise_for_status()
            yield _listed(answer.content, path)

    return fetch


def _one_by_one(path: str) -> Callable[[RESTClient, Sequence[str]], Iterator[Page]]:
    """``/CreditNotes/{id}``: these lists have no filter by ids."""

    def fetch(client: RESTClient, ids: Sequence[str]) -> Iterator[Page]:
        for one in ids:
            answer = client.get(f"{path}/{one}")
            if answer.status_code != 404:
                answer.raise_for_status()
                yield _listed(answer.content, path)

    return fetch


def _listed(content: bytes, path: str) -> Page:
    members = decoded(content, dict[str, msgspec.Raw])
    if path not in members:
        raise msgspec.ValidationError(f"Object missing required field `{path}`")
    return [bytes(raw) for raw in decoded(bytes(members[path]), list[msgspec.Raw])]


# They become parts of addresses, so what is no id is refused.
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]{1,64}$")]


class _Paid(msgspec.Struct):
    PaymentID: _Id


class _Payable(msgspec.Struct):
    Payments: list[_Paid] = []


_PAYABLE = msgspec.json.Decoder(_Payable)


def _payments(document: bytes) -> list[Hint]:
    """A payment has no event of its own: the document that it pays is announced instead."""
    return [Hint("payments", paid.PaymentID) for paid in _PAYABLE.decode(document).Payments]


class _Happened(msgspec.Struct):
    resourceId: _Id
    eventCategory: str
    tenantId: str | None = None


class _Batch(msgspec.Struct):
    events: list[_Happened] | None


_BATCH = msgspec.json.Decoder(_Batch)
_CATEGORIES = {"INVOICE": "invoices", "CONTACT": "contacts", "CREDITNOTE": "credit_notes"}
# Of the app's own subscription, not of the organisation's books.
_NOT_BOOKS = ("SUBSCRIPTION",)


def _batch_key(body: bytes) -> str:
    """The body's SHA-256. An event has no id; sequence numbers start anew with every webhook
    that is set up, and an event lost to an old number is worse than one fetched twice.
    """
    _BATCH.decode(body)
    return hashlib.sha256(body).hexdigest()


def _hints(body: bytes) -> list[Hint]:
    """One per event; one of a category that is none of ours names no entity, for the drain.

    An app has one webhook for all organisations that are connected to it.
    """
    return [
        Hint(
            _CATEGORIES.get(event.eventCategory, event.eventCategory),
            event.resourceId,
            owner=event.tenantId,
        )
        for event in _BATCH.decode(body).events or []
        if event.eventCategory not in _NOT_BOOKS
    ]


def _is_intent_to_receive(body: bytes) -> bool:
    """Xero asks whether signatures are checked by a body without events."""
    return not _BATCH.decode(body).events


def _entity(name: str, path: str, id_field: str, paged: bool = True) -> Entity:
    # If-Modified-Since has second precision.
    return Entity(
        name,
        _pages(path, id_field, paged),
        _identify(id_field),
        overlap=timedelta(minutes=1),
        id_path=(id_field,),
        fetch=_FETCHES.get(path),
        follows=_payments if path in ("Invoices", "CreditNotes") else _nothing,
    )


def _nothing(document: bytes) -> list[Hint]:
    return []


# The others are named by no event.
_FETCHES = {
    "Contacts": _by_ids("Contacts"),
    "Invoices": _by_ids("Invoices"),
    "CreditNotes": _one_by_one("CreditNotes"),
    "Payments": _one_by_one("Payments"),
}

VENDOR = Vendor(
    name="xero",
    config=XeroAccount,
    connect=connect,
    entities=(
        _entity("accounts", "Accounts", "AccountID", paged=False),
        _entity("contacts", "Contacts", "ContactID"),
        _entity("invoices", "Invoices", "InvoiceID"),
        _entity("credit_notes", "CreditNotes", "CreditNoteID"),
        _entity("payments", "Payments", "PaymentID"),
        _entity("bank_transactions", "BankTransactions", "BankTransactionID"),
    ),
    webhook=Webhook(
        XERO,
        _batch_key,
        _hints,
        _is_intent_to_receive,
        announces=frozenset({"contacts", "invoices", "credit_notes", "payments"}),
        owner=lambda settings: settings.organisation,
    ),
)
