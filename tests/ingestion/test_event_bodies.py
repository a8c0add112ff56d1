"""What each vendor's events mean, by the bodies that its documentation shows."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from events import answered, changed

from ingestion.signatures import Signed
from ingestion.vendor import Feed, Hint, Opinion, Webhook, vendor

# typeform.com/developers/webhooks/example-payload, shortened.
TYPEFORM = (
    b'{"event_id": "LtWXD3crgy", "event_type": "form_response", "form_response": {"form_id": '
    b'"lT4Z3j", "token": "a3a12ec67a1365927098a606107fac15", "submitted_at": '
    b'"2018-01-18T18:17:02Z", "landed_at": "2018-01-18T18:07:02Z", "calculated": {"score": 9}, '
    b'"definition": {"id": "lT4Z3j", "title": "Webhooks example", "fields": [{"id": "RUqkXSeXBXSd",'
    b'"title": "How likely?", "type": "nps", "ref": "nps"}]}, "answers": [{"type": "number", '
    b'"number": 5, "field": {"id": "RUqkXSeXBXSd", "type": "nps"}}]}}'
)
# XeroAPI/Xero-OpenAPI xero-webhooks.yaml, the example of a credit note.
XERO = json.dumps(
    {
        "events": [
            {
                "resourceUrl": "https://api.xero.com/api.xro/2.0/CreditNotes/55d84274",
                "resourceId": "55d84274-a3da-4829-a7c0-0cab601b95cc",
                "tenantId": "aef86862-2015-4b6b-88bc-d89032cecc50",
                "tenantType": "ORGANISATION",
                "eventCategory": "CREDITNOTE",
                "eventType": "CREATE",
                "eventDateUtc": "2025-12-02 00:44:09.923000",
                "data": {"Type": "ACCPAYCREDIT", "Status": "DRAFT"},
            }
        ],
        "firstEventSequence": 76,
        "lastEventSequence": 76,
        "entropy": "FXNGWLCCGVANWHKILRUB",
    }
).encode()
# bullhorn/rest-api-docs, _subscription.md.
BULLHORN = (
    b'{"eventId": "ID:JBM-40000517", "eventType": "ENTITY", "eventTimestamp": 1495559294820, '
    b'"eventMetadata": {"PERSON_ID": "1314"}, "entityName": "ClientContact", "entityId": 8592, '
    b'"entityEventType": "UPDATED", "updatedProperties": ["username", "password"]}'
)
# standardwebhooks.com: type, timestamp, data.
OWN = (
    b'{"type": "survey_answer.created", "timestamp": "2026-03-02T10:15:04+01:00", "data": {"id": '
    b'"a-4711", "respondent_email": "ann.lee@client.example", "score": 3, "comment": "Slow", '
    b'"submitted_at": "2026-03-02T09:15:00Z", "company_key": "C-1001"}}'
)


def webhook(name: str) -> Webhook:
    found = vendor(name).webhook
    assert found is not None
    return found


def feed() -> Feed:
    found = vendor("bullhorn").feed
    assert found is not None
    return found


def test_a_typeform_event_carries_the_response_as_a_pull_lands_it() -> None:
    (hint,) = webhook("typeform").hints(TYPEFORM)
    assert hint.payload is not None
    inner = TYPEFORM[TYPEFORM.index(b'"form_response": ') + len(b'"form_response": ') : -1]
    assert hint.payload == b'{"form_id":"lT4Z3j","response":' + inner + b"}"
    (entity,) = (each for each in vendor("typeform").entities if each.name == "responses")
    record = entity.identify(hint.payload)
    assert (record.record_id, record.version) == (
        "a3a12ec67a1365927098a606107fac15",
        datetime(2018, 1, 18, 18, 17, 2, tzinfo=UTC),
    )


def test_an_own_event_lands_whole_with_its_instant_as_version() -> None:
    (hint,) = webhook("own").hints(OWN)
    (entity,) = vendor("own").entities
    assert hint == Hint("answers", "a-4711", OWN)
    record = entity.identify(OWN)
    at = datetime(2026, 3, 2, 9, 15, 4, tzinfo=UTC)
    assert (record.record_id, record.version, record.op) == ("a-4711", at, "upsert")
    assert entity.identify(OWN.replace(b"created", b"deleted")).op == "delete"


def test_an_own_event_is_known_by_the_id_that_was_signed() -> None:
    assert webhook("own").key_of(OWN, Signed(None, "msg_1")) == "msg_1"
    with pytest.raises(ValueError, match="signs no id"):
        webhook("own").key_of(OWN, Signed(None))


@pytest.mark.parametrize(
    ("said", "opinion"),
    [
        ({}, Opinion("a-4711", 3, "client", "relationship_client")),
        (
            {"respondent_kind": "candidate", "trigger": "job_close"},
            Opinion("a-4711", 3, "candidate", "job_close"),
        ),
        (
            {"respondent_kind": "alien", "trigger": "Jane Doe"},
            Opinion("a-4711", 3, "unknown", "unknown"),
        ),
        ({"score": 11}, None),
        ({"score": "3"}, None),
        ({"score": None}, None),
    ],
)
def test_an_own_answer_is_an_opinion(said: dict[str, object], opinion: Opinion | None) -> None:
    event = json.loads(OWN)
    event["data"] |= said
    assert webhook("own").opinion(json.dumps(event).encode()) == opinion
    assert webhook("own").opinion(OWN.replace(b"created", b"deleted")) is None


def test_keys_make_a_repeated_event_the_same() -> None:
    nothing = Signed(None)
    assert webhook("typeform").key_of(TYPEFORM, nothing) == "LtWXD3crgy"
    first = webhook("xero").key_of(XERO, nothing)
    assert webhook("xero").key_of(XERO, nothing) == first
    assert webhook("xero").key_of(XERO.replace(b"76", b"77"), nothing) != first
    assert feed().key(BULLHORN) == "ID:JBM-40000517"


def test_xero_and_bullhorn_events_name_records_to_fetch() -> None:
    assert webhook("xero").hints(XERO) == [
        Hint(
            "credit_notes",
            "55d84274-a3da-4829-a7c0-0cab601b95cc",
            owner="aef86862-2015-4b6b-88bc-d89032cecc50",
        )
    ]
    (hint,) = feed().hints(BULLHORN)
    assert (hint.entity, hint.record_id, hint.is_deleted) == ("client_contacts", "8592", False)


@pytest.mark.parametrize("events", [[], None])
def test_an_intent_to_receive_is_no_event(events: object) -> None:
    asking = {"events": events, "firstEventSequence": 0, "lastEventSequence": 0, "entropy": "A"}
    assert webhook("xero").is_handshake(json.dumps(asking).encode())
    assert not webhook("xero").is_handshake(XERO)
    assert not webhook("typeform").is_handshake(TYPEFORM)


def test_an_event_of_the_xero_app_itself_says_nothing_of_the_books() -> None:
    assert webhook("xero").hints(changed("SUBSCRIPTION", "11111111-2222")) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("typeform", TYPEFORM.replace(b'"form_response",', b'"form_response_partial",')),
        ("typeform", TYPEFORM.replace(b'"token"', b'"tokens"')),
        ("typeform", b'{"event_id": "1", "event_type": "form_response"}'),
        ("typeform", b"[]"),
        # It would become a part of an address.
        ("xero", changed("INVOICE", "../../connections?x=")),
        ("xero", b'{"events": [{}]}'),
        ("own", OWN.replace(b"survey_answer.", b"banana.")),
        ("own", OWN.replace(b"+01:00", b"")),
        ("own", OWN.replace(b'"a-4711"', b'"a 4711"')),
        ("own", OWN.replace(b'"id"', b'"ids"')),
        ("xero", b"{"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, body: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        webhook(name).hints(body)


@pytest.mark.parametrize(
    "body",
    [
        BULLHORN.replace(b"8592", b'"8592"'),
        BULLHORN.replace(b"1495559294820", b"99999999999999999"),
        BULLHORN.replace(b'"eventId"', b'"id"'),
    ],
)
def test_a_polled_event_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        feed().key(body)
        feed().hints(body)


def test_the_sandboxs_body_is_read_like_the_documented_one() -> None:
    record = {
        "form_id": "f",
        "response": {"token": "t", "submitted_at": "2026-01-01T00:00:00Z", "metadata": {}},
    }
    (hint,) = webhook("typeform").hints(answered(record))
    assert (hint.entity, hint.record_id) == ("responses", "t")
