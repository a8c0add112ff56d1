"""Bullhorn REST: rotating OAuth, a session token, Lucene /search and JPQL /query.

Sources: bullhorn/rest-api-docs (`_authorization`, `_login`, `_search`, `_query`, `_entity`,
entityref). Its events are in ``_bullhorn_events``.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import get_ident
from typing import Any
from urllib.parse import parse_qs, urlparse

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response, Session

from ingestion.connection import Http, RawClient, RenewingAuth, decoded
from ingestion.envelope import Record
from ingestion.errors import SourceError
from ingestion.vendor import Entity, Page, Vendor, instant_of
from ingestion.vendors import _bullhorn_events

# 1,500 calls a minute; half of it leaves room for the agency's other integrations.
_PACE = 12.0
_PAGE = 500
# Ids in one address.
_IDS = 100
# The Lucene index lags behind writes (supportforums.bullhorn.com t=24438).
_INDEX_LAG = timedelta(minutes=10)


class BullhornAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a Bullhorn account; ``url`` is the login host of any data centre."""

    username: str
    password: str
    client_id: str
    client_secret: str
    url: str = "https://rest.bullhornstaffing.com"
    subscription: str = "vouch"
    """Name of the event subscription; each reader of events needs one of its own."""
    poll_seconds: float = 60.0
    """How often its queue is read, in two calls: once a minute is 86,000 of a month's 100,000."""


class _Reference(msgspec.Struct):
    id: int


class _Known(msgspec.Struct):
    id: int
    dateLastModified: int | None = None
    dateAdded: int | None = None
    isDeleted: bool | None = None
    isAnonymized: bool | None = None
    linkedPerson: _Reference | None = None


class _Numbered(msgspec.Struct):
    id: Any = None


_NUMBERED = msgspec.json.Decoder(_Numbered)


def connect(account: BullhornAccount, http: Http) -> RESTClient:
    """A client on the account's own REST address, logged in."""
    session = http.session(_PACE)
    login = _Login(account, session, http.tokens)
    rest_url, token = login.issue()
    auth = RenewingAuth("BhRestToken", lambda: login.issue()[1])
    auth._token = token
    return RawClient(base_url=rest_url, session=session, auth=auth)


def _number(record: msgspec.Raw) -> Any:
    """The id, or None; what is no record at all is for the pull to refuse."""
    try:
        return _NUMBERED.decode(record).id
    except msgspec.ValidationError:
        return None


class _Hosts(msgspec.Struct):
    oauthUrl: str
    restUrl: str


class _Session(msgspec.Struct):
    restUrl: str
    BhRestToken: str


class _Granted(msgspec.Struct):
    refresh_token: str
    access_token: str


class _Kept(msgspec.Struct):
    refresh_token: str


class _Login:
    """OAuth with a single-use refresh token, then the REST session it buys."""

    def __init__(self, account: BullhornAccount, session: Session, tokens: Path) -> None:
        self._account = account
        self._session = session
        self._kept = tokens / f"bullhorn-{account.username}.json"
        self._hosts: _Hosts | None = None

    def issue(self) -> tuple[str, str]:
        """REST address and session token."""
        if self._hosts is None:
            found = self._answered(
                "GET",
                f"{self._account.url}/rest-services/loginInfo",
                username=self._account.username,
            )
            self._hosts = decoded(found, _Hosts)
        granted = self._refreshed() or decoded(
            self._answered(
                "POST",
                f"{self._hosts.oauthUrl}/token",
                grant_type="authorization_code",
                code=self._code(),
                **self._client(),
            ),
            _Granted,
        )
        self._keep(granted.refresh_token)
        rest = self._answered(
            "POST",
            f"{self._hosts.restUrl.rstrip('/')}/login",
            version="*",
            access_token=granted.access_token,
        )
        session = decoded(rest, _Session)
        return session.restUrl, session.BhRestToken

    def _refreshed(self) -> _Granted | None:
        if self._hosts is None:
            return None
        try:
            token = decoded(self._kept.read_bytes(), _Kept).refresh_token
        except (OSError, msgspec.MsgspecError):
            # None kept, or cut off in mid-writing: the password flow buys a new one.
            return None
        answer = self._session.request(
            "POST",
            f"{self._hosts.oauthUrl}/token",
            params={
                "grant_type": "refresh_token",
                "refresh_token": token,
                **self._client(),
            },
        )
        # Spent or expired: the password flow below buys a new one.
        return decoded(answer.content, _Granted) if answer.ok else None

    def _code(self) -> str:
        assert self._hosts is not None
        answer = self._session.request(
            "GET",
            f"{self._hosts.oauthUrl}/authorize",
            params={
                "client_id": self._account.client_id,
                "response_type": "code",
                "action": "Login",
                "username": self._account.username,
                "password": self._account.password,
            },
            allow_redirects=False,
        )
        code = parse_qs(urlparse(answer.headers.get("Location", "")).query).get("code")
        if not code:
            # Bullhorn shows its login page again, with status 200.
            raise self._refused("the login was refused")
        return code[0]

    def _answered(self, method: str, url: str, **params: str) -> bytes:
        answer = self._session.request(method, url, params=params)
        if answer.status_code >= 500:
            answer.raise_for_status()
        if not answer.ok:
            raise self._refused(f"{urlparse(url).path} answered {answer.status_code}")
        return answer.content

    def _client(self) -> dict[str, str]:
        return {
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret,
        }

    def _keep(self, refresh_token: str) -> None:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        # Receiver and worker log in at the same time, each with a file of its own; the last
        # one's token is as good as the first one's.
        partial = self._kept.with_suffix(f".{os.getpid()}-{get_ident()}.partial")
        partial.touch(mode=0o600)
        partial.write_bytes(msgspec.json.encode(_Kept(refresh_token)))
        partial.replace(self._kept)

    def _refused(self, problem: str) -> SourceError:
        return SourceError(
            "bullhorn",
            "-",
            f"{problem} for user {self._account.username!r}.",
            "Check its username, password, client_id and client_secret in vouch.toml.",
        )


class _AfterLastId(BasePaginator):
    """Pages by ``id > last`` in id order: offsets skip rows of a set that moves meanwhile."""

    def __init__(self, narrow: Callable[[int], dict[str, str]]) -> None:
        super().__init__()
        self._narrow = narrow
        self._last = 0

    def init_request(self, request: Request) -> None:
        self.update_request(request)

    def update_state(self, response: Response, data: list[msgspec.Raw] | None = None) -> None:
        found = [_number(raw) for raw in data or []]
        ids = [number for number in found if isinstance(number, int)]
        self._has_next_page = bool(ids) and len(found) == _PAGE
        self._last = max(ids, default=self._last)

    def update_request(self, request: Request) -> None:
        request.params = {**(request.params or {}), **self._narrow(self._last)}


def _search(entity: str, fields: str) -> Callable[[RESTClient, datetime | None], Iterator[Page]]:
    def pages(client: RESTClient, since: datetime | None) -> Iterator[Page]:
        changed = "" if since is None else f" AND dateLastModified:[{since:%Y%m%d%H%M%S} TO *]"

        def narrow(last: int) -> dict[str, str]:
            return {"query": f"id:[{last + 1} TO *]{changed}"}

        params: dict[str, str | int] = {"fields": fields, "sort": "id", "count": _PAGE}
        yield from _answers(client, f"search/{entity}", params, narrow)

    return pages


def _query(
    entity: str, fields: str, changed_at: str = "dateLastModified"
) -> Callable[[RESTClient, datetime | None], Iterator[Page]]:
    def pages(client: RESTClient, since: datetime | None) -> Iterator[Page]:
        ms = None if since is None else int(since.timestamp() * 1000)
        changed = "" if ms is None else f" AND {changed_at} >= {ms}"

        def narrow(last: int) -> dict[str, str]:
            return {"where": f"id > {last}{changed}"}

        params: dict[str, str | int] = {"fields": fields, "orderBy": "id", "count": _PAGE}
        yield from _answers(client, f"query/{entity}", params, narrow)

    return pages


def _answers(
    client: RESTClient,
    path: str,
    params: dict[str, str | int],
    narrow: Callable[[int], dict[str, str]],
) -> Iterator[Page]:
    answers = client.paginate(
        path, params=dict(params), paginator=_AfterLastId(narrow), data_selector="data"
    )
    for answer in answers:
        yield [bytes(raw) for raw in answer]


def _by_ids(entity: str, fields: str) -> Callable[[RESTClient, Sequence[str]], Iterator[Page]]:
    """``/entity``, which reads the database: the search index may not know of it for minutes."""

    def fetch(client: RESTClient, ids: Sequence[str]) -> Iterator[Page]:
        for start in range(0, len(ids), _IDS):
            some = ids[start : start + _IDS]
            answer = client.get(
                f"entity/{entity}/{','.join(some)}", params={"fields": fields, "count": len(some)}
            )
            # None of them is there.
            if answer.status_code != 404:
                answer.raise_for_status()
                yield _found(answer.content)

    return fetch


def _found(content: bytes) -> Page:
    """Several records stand in a list; one stands alone, in ``data`` or without it."""
    data = bytes(decoded(content, dict[str, msgspec.Raw]).get("data", msgspec.Raw(content)))
    if data.startswith(b"["):
        return [bytes(raw) for raw in decoded(data, list[msgspec.Raw])]
    return [data]


_KNOWN = msgspec.json.Decoder(_Known)


def identify(payload: bytes) -> Record:
    """Id, version (dateLastModified, epoch ms; dateAdded where there is no other) and operation."""
    known = _KNOWN.decode(payload)
    field = "dateAdded" if known.dateLastModified is None else "dateLastModified"
    ms: int | None = getattr(known, field)
    version = None if ms is None else instant_of(ms, field)
    if known.isDeleted and known.linkedPerson is not None:
        operation = "merge"
    elif known.isDeleted:
        operation = "delete"
    elif known.isAnonymized:
        operation = "anonymise"
    else:
        operation = "upsert"
    return Record(str(known.id), version, operation, payload)


_PERSON = "id,firstName,lastName,email,phone,isDeleted,dateAdded,dateLastModified,owner(id)"
_PROFILE = "occupation,status,source,referredByPerson(id),isAnonymized,linkedPerson(id)"

# fields= is mandatory: what is not named here does not arrive.
_SEARCHED = {
    "candidates": ("Candidate", f"{_PERSON},{_PROFILE},mobile,referredBy"),
    "client_contacts": ("ClientContact", f"{_PERSON},{_PROFILE},clientCorporation(id)"),
    "client_corporations": (
        "ClientCorporation",
        (
            "id,name,companyURL,status,parentClientCorporation(id),externalID,feeArrangement,"
            "dateAdded,dateLastModified"
        ),
    ),
    "leads": (
        "Lead",
        (
            "id,firstName,lastName,email,companyName,clientCorporation(id),leadSource,campaignSource,"
            "conversionSource,referredByPerson(id),owner(id),status,isDeleted,dateAdded,"
            "dateLastModified"
        ),
    ),
    "opportunities": (
        "Opportunity",
        (
            "id,title,clientCorporation(id),clientContact(id),lead(id),source,campaignSource,status,"
            "expectedFee,dealValue,actualCloseDate,isDeleted,owner(id),dateAdded,dateLastModified"
        ),
    ),
    "job_orders": (
        "JobOrder",
        (
            "id,title,clientCorporation(id),clientContact(id),employmentType,status,isOpen,"
            "numOpenings,feeArrangement,salary,salaryUnit,source,owner(id),dateAdded,dateClosed,"
            "isDeleted,dateLastModified"
        ),
    ),
    "placements": (
        "Placement",
        (
            "id,candidate(id),jobOrder(id),jobSubmission(id),status,employmentType,dateBegin,dateEnd,"
            "employmentStartDate,salary,salaryUnit,fee,payRate,clientBillRate,daysGuaranteed,"
            "daysProRated,terminationReason,referralFee,referralFeeType,owner(id),dateAdded,"
            "dateLastModified"
        ),
    ),
    "notes": (
        "Note",
        (
            "id,action,personReference(id),commentingPerson(id),candidates(id),clientContacts(id),"
            "comments,isDeleted,dateAdded,dateLastModified"
        ),
    ),
}

# Bullhorn deletes them without leaving a flag to read (entity_reference.json).
_HARD_DELETED = ("client_corporations", "placements")

_QUERIED = {
    "corporate_users": (
        "CorporateUser",
        "id,firstName,lastName,email,enabled,isDeleted,dateLastModified",
    ),
    "job_submissions": (
        "JobSubmission",
        (
            "id,candidate(id),jobOrder(id),status,source,sendingUser(id),dateAdded,"
            "dateWebResponse,isDeleted,dateLastModified"
        ),
    ),
}


def _queried(name: str) -> Entity:
    entity, fields = _QUERIED[name]
    return Entity(name, _query(entity, fields), identify, _INDEX_LAG, fetch=_by_ids(entity, fields))


VENDOR = Vendor(
    name="bullhorn",
    config=BullhornAccount,
    connect=connect,
    entities=(
        _queried("corporate_users"),
        *(
            Entity(
                name,
                _search(entity, fields),
                identify,
                _INDEX_LAG,
                fetch=_by_ids(entity, fields),
                keeps_deleted=name not in _HARD_DELETED,
            )
            for name, (entity, fields) in _SEARCHED.items()
        ),
        _queried("job_submissions"),
        Entity(
            "job_submission_history",
            # Immutable: it has no dateLastModified.
            _query(
                "JobSubmissionHistory",
                "id,jobSubmission(id),status,modifyingUser(id),dateAdded",
                changed_at="dateAdded",
            ),
            identify,
            _INDEX_LAG,
        ),
    ),
    # Whether JobSubmissionHistory can be subscribed to is not documented: pulls bring it.
    feed=_bullhorn_events.feed(
        {entity: name for name, (entity, _) in (_SEARCHED | _QUERIED).items()}
    ),
)
