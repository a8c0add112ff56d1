"""The agency's own tools: survey answers that they push, signed by Standard Webhooks.

Source: standardwebhooks.com, the specification: ``type``, ``timestamp`` and ``data``. Such a tool
has no interface to ask, so no pull repairs what was missed: it has to send again until it is
answered 200.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from dlt.sources.helpers.rest_client.client import RESTClient

from ingestion.connection import Http
from ingestion.envelope import Record
from ingestion.errors import SourceError
from ingestion.signatures import STANDARD_WEBHOOKS
from ingestion.vendor import Entity, Hint, Opinion, Page, Vendor, Webhook
from ingestion.vendors import _opinions


class OwnAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to set but ``webhook_secrets``."""


class _Answer(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_.-]{1,100}$")]
    score: Any = None
    respondent_kind: Any = None
    trigger: Any = None


class _Event(msgspec.Struct):
    type: Literal["survey_answer.created", "survey_answer.updated", "survey_answer.deleted"]
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    data: _Answer


_EVENT = msgspec.json.Decoder(_Event)


def _hints(body: bytes) -> list[Hint]:
    """The whole event is what lands: the answer's version and operation stand beside it."""
    return [Hint("answers", _EVENT.decode(body).data.id, body)]


def _identify(payload: bytes) -> Record:
    event = _EVENT.decode(payload)
    operation = "delete" if event.type == "survey_answer.deleted" else "upsert"
    return Record(event.data.id, event.timestamp, operation, payload)


def _opinion(body: bytes) -> Opinion | None:
    event = _EVENT.decode(body)
    answer = event.data
    if event.type == "survey_answer.deleted" or not isinstance(answer.score, int | float):
        return None
    kind, trigger = answer.respondent_kind or "client", answer.trigger or "relationship_client"
    return _opinions.opinion(answer.id, answer.score, str(kind), str(trigger))


def _connect(account: OwnAccount, http: Http) -> RESTClient:
    raise SourceError("own", "-", "it has no interface to ask.", "Let the tool send its events.")


def _nothing(client: RESTClient, since: datetime | None) -> Iterator[Page]:
    return iter(())


VENDOR = Vendor(
    name="own",
    config=OwnAccount,
    connect=_connect,
    entities=(Entity("answers", _nothing, _identify, id_path=("data", "id")),),
    webhook=Webhook(STANDARD_WEBHOOKS, None, _hints, opinion=_opinion),
    is_asked=False,
)
