"""Typeform: forms, and the responses to each. Identity arrives in a response's hidden fields.

Source: typeform.com/developers (Create, Responses and Webhooks API).
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import (
    JSONResponseCursorPaginator,
    PageNumberPaginator,
    SinglePagePaginator,
)

from ingestion.connection import Http, RawClient, decoded
from ingestion.envelope import Record
from ingestion.signatures import TYPEFORM
from ingestion.vendor import Entity, Hint, Opinion, Page, Vendor, Webhook
from ingestion.vendors import _opinions

# Two requests a second and account (lirantal/typeform-client#34); just below it, because
# its clock is not ours.
_PACE = 1.9
_PAGE = 1000


class TypeformAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a Typeform account; ``url`` differs for accounts held in the EU."""

    token: str
    url: str = "https://api.typeform.com"


class _Listed(msgspec.Struct):
    id: str
    last_updated_at: datetime | None = None


class _Form(msgspec.Struct):
    id: str
    last_updated_at: datetime | None = None


class _Item(msgspec.Struct):
    token: str
    submitted_at: datetime | None = None
    landed_at: datetime | None = None


class _Response(msgspec.Struct):
    form_id: str
    response: _Item


def connect(account: TypeformAccount, http: Http) -> RESTClient:
    """A client with the account's personal access token."""
    return RawClient(
        base_url=account.url,
        session=http.session(_PACE),
        auth=BearerTokenAuth(account.token),
    )


def _listed(client: RESTClient) -> list[_Listed]:
    answers = client.paginate(
        "forms",
        params={"page_size": 200},
        paginator=PageNumberPaginator(base_page=1, page_param="page", total_path="page_count"),
        data_selector="items",
    )
    return [decoded(bytes(form), _Listed) for answer in answers for form in answer]


def _forms(client: RESTClient, since: datetime | None) -> Iterator[Page]:
    """Forms changed since then, one call each: the list does not carry their fields."""
    for form in _listed(client):
        if since and form.last_updated_at and form.last_updated_at < since:
            continue
        for answer in client.paginate(
            f"forms/{form.id}", paginator=SinglePagePaginator(), data_selector="$"
        ):
            yield [bytes(form_itself) for form_itself in answer]


def _responses(client: RESTClient, since: datetime | None) -> Iterator[Page]:
    params: dict[str, str | int] = {"page_size": _PAGE}
    if since is not None:
        # Second precision, inclusive: the last row repeats (airbyte#57553).
        params["since"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
    for form in _listed(client):
        answers = client.paginate(
            f"forms/{form.id}/responses",
            params=dict(params),
            paginator=JSONResponseCursorPaginator(
                cursor_path="items[-1].token", cursor_param="before", stop_after_empty_page=True
            ),
            data_selector="items",
        )
        for answer in answers:
            yield [_of_form(form.id, item) for item in answer]
            if len(answer) < _PAGE:
                break


def _of_form(form_id: str, item: msgspec.Raw) -> bytes:
    """An item of a list does not say which form it answers; only its address does."""
    return b'{"form_id":' + msgspec.json.encode(form_id) + b',"response":' + bytes(item) + b"}"


_FORM = msgspec.json.Decoder(_Form)
_RESPONSE = msgspec.json.Decoder(_Response)


def _identify_form(payload: bytes) -> Record:
    form = _FORM.decode(payload)
    return Record(form.id, form.last_updated_at, "upsert", payload)


def _identify_response(payload: bytes) -> Record:
    response = _RESPONSE.decode(payload).response
    return Record(response.token, response.submitted_at or response.landed_at, "upsert", payload)


class _Event(msgspec.Struct):
    event_id: str
    event_type: str
    form_response: msgspec.Raw = msgspec.Raw(b"null")


class _Answered(msgspec.Struct):
    form_id: str
    token: str


_EVENT = msgspec.json.Decoder(_Event)
_ANSWERED = msgspec.json.Decoder(_Answered)


def _event_key(body: bytes) -> str:
    return _EVENT.decode(body).event_id


def _hints(body: bytes) -> list[Hint]:
    """The whole response, in the shape a pull lands. It has its form's definition besides, and
    not the browser's metadata, so its bytes differ from the pull's; what models read does not.

    Raises:
        ValueError: another type of event (``form_response_partial``: not submitted yet).
    """
    event = _EVENT.decode(body)
    if event.event_type != "form_response":
        raise ValueError(f"unknown event type {event.event_type[:40]!r}")
    answered = _ANSWERED.decode(event.form_response)
    payload = _of_form(answered.form_id, event.form_response)
    return [Hint("responses", answered.token, payload)]


class _Scale(msgspec.Struct, frozen=True):
    steps: int | None = None
    start_at_one: bool | None = None


class _Question(msgspec.Struct):
    id: str
    type: str
    properties: _Scale = _Scale()


class _Definition(msgspec.Struct, frozen=True):
    fields: list[_Question] = []


class _Asked(msgspec.Struct):
    id: str
    type: str


class _Answer(msgspec.Struct):
    field: _Asked
    number: float | None = None


class _Hidden(msgspec.Struct, frozen=True):
    respondent_kind: str | None = None
    trigger: str | None = None


class _Rated(msgspec.Struct):
    form_id: str
    token: str
    answers: list[_Answer] = []
    definition: _Definition = _Definition()
    hidden: _Hidden = _Hidden()


_RATED = msgspec.json.Decoder(_Rated)


def _opinion(body: bytes) -> Opinion | None:
    """By the rule of ``int_survey_forms``: the type nps, else eleven steps from zero."""
    rated = _RATED.decode(_EVENT.decode(body).form_response)
    scales = [question.id for question in rated.definition.fields if _is_nps(question)]
    for answer in rated.answers:
        if answer.number is None or not (answer.field.type == "nps" or answer.field.id in scales):
            continue
        audience, trigger = rated.hidden.respondent_kind, rated.hidden.trigger or rated.form_id
        return _opinions.opinion(rated.token, answer.number, audience, trigger)
    return None


def _is_nps(question: _Question) -> bool:
    scale = question.properties
    is_eleven = scale.steps == 11 and scale.start_at_one is False
    return question.type == "nps" or (question.type == "opinion_scale" and is_eleven)


VENDOR = Vendor(
    name="typeform",
    config=TypeformAccount,
    connect=connect,
    entities=(
        Entity("forms", _forms, _identify_form),
        Entity("responses", _responses, _identify_response, id_path=("response", "token")),
    ),
    webhook=Webhook(
        TYPEFORM, _event_key, _hints, announces=frozenset({"responses"}), opinion=_opinion
    ),
)
