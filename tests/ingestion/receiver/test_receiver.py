"""What a sender is answered, what is then in the inbox, and under which reason it is counted."""

from datetime import timedelta

import pytest
from pushing import NOON, STANDARD_SECRET, Receiving, signed

from ingestion.inbox import Quarantined

BODY = b'{"event_id": "e1", "comment": "more than a webhook should tell the log"}'


def test_a_signed_event_is_accepted_once_and_repeated_after(received: Receiving) -> None:
    assert received.said("typeform", BODY) == (200, "accepted", None)
    assert received.said("typeform", BODY) == (200, "repeated", None)
    (stored,) = received.inbox.after(0)
    assert (stored.event.source, stored.event.key) == ("typeform", "e1")
    assert (stored.event.body, stored.event.received_at) == (BODY, NOON)
    assert received.counted() == {
        ("typeform", "200", "accepted"): 1,
        ("typeform", "200", "repeated"): 1,
    }


def test_the_same_key_of_another_source_is_another_event(received: Receiving) -> None:
    assert received.said("typeform", BODY)[1] == "accepted"
    assert received.said("stripe", BODY)[1] == "accepted"


def test_both_secrets_count_while_one_replaces_the_other(received: Receiving) -> None:
    for number, secret in enumerate(("new", "old")):
        body = b'{"event_id": "%d"}' % number
        headers = signed("typeform", body, secret=secret)
        assert received.said("typeform", body, headers)[1] == "accepted"


@pytest.mark.parametrize(
    ("source", "headers", "reason"),
    [
        ("typeform", {}, "signature_missing"),
        ("typeform", {"Typeform-Signature": "sha256="}, "signature_wrong"),
        ("typeform", {"Typeform-Signature": "garbage"}, "signature_malformed"),
        # Right signature, another account's secret.
        ("typeform", signed("typeform", BODY, secret="xero-key"), "signature_wrong"),
        ("typeform", signed("typeform", BODY + b" "), "signature_wrong"),
        ("stripe", signed("stripe", BODY, NOON - timedelta(seconds=301)), "timestamp_old"),
        ("stripe", signed("stripe", BODY, NOON + timedelta(seconds=301)), "timestamp_future"),
        ("own", signed("own", BODY, NOON - timedelta(days=400)), "timestamp_old"),
        ("stripe", {"Stripe-Signature": "v1=00"}, "timestamp_missing"),
        ("stripe", {"Stripe-Signature": "t=noon,v1=00"}, "timestamp_malformed"),
    ],
)
def test_what_is_not_authentic_is_401_and_not_kept(
    received: Receiving, source: str, headers: dict[str, str], reason: str
) -> None:
    assert received.said(source, BODY, headers) == (401, "refused", reason)
    assert received.keys() == []
    assert received.inbox.quarantined() == []
    assert received.counted() == {(source, "401", reason): 1}


def test_a_signature_header_that_came_twice_is_refused(received: Receiving) -> None:
    value = signed("typeform", BODY)["Typeform-Signature"]
    answer = received.ask(
        "POST",
        "/webhooks/typeform",
        BODY,
        [("Typeform-Signature", value), ("typeform-signature", value)],
    )
    assert answer.said == (401, "refused", "signature_repeated")


def test_a_clock_that_is_off_by_less_than_the_tolerance_does_no_harm(received: Receiving) -> None:
    for number, skew in enumerate((-299, 299)):
        body = b'{"event_id": "%d"}' % number
        headers = signed("stripe", body, NOON + timedelta(seconds=skew))
        assert received.said("stripe", body, headers)[1] == "accepted"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "json_invalid"),
        (b"not JSON", "json_invalid"),
        (b'{"event_id": "e"', "json_invalid"),
        (b'{"event_id": "e"} {}', "json_invalid"),
        (b'\xef\xbb\xbf{"event_id": "e"}', "json_invalid"),
        (b'{"event_id": "e\x00"}', "json_invalid"),
        (b'{"event_id": "e", "score": NaN}', "json_not_finite"),
        (b'{"event_id": "e", "score": -Infinity}', "json_not_finite"),
        (b'{"event_id": "e", "score": 1e999}', "json_number_too_large"),
        (b'{"event_id": "e", "score": ' + b"9" * 5000 + b"}", "json_number_too_large"),
        (b'{"event_id": "e", "event_id": "f"}', "json_duplicate_key"),
        (b'{"event_id": "e", "deep": [{"a": 1, "\\u0061": 2}]}', "json_duplicate_key"),
        (b'{"event_id": "\\ud800"}', "json_lone_surrogate"),
        (b'{"event_id": "e", "\\udc00": 1}', "json_lone_surrogate"),
        (b'{"event_id": "\xff"}', "utf8_invalid"),
        (b'{"event_id": "\xed\xa0\x80"}', "utf8_invalid"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "utf8_invalid"),
        (b"[" * 65 + b"]" * 65, "json_too_deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "json_too_deep"),
        (b"[" * 100_000, "json_too_deep"),
        (b"[]", "key_missing"),
        (b"{}", "key_missing"),
        (b'{"event_id": 5}', "key_missing"),
        (b'{"event_id": ""}', "key_unusable"),
        (b'{"event_id": "\\u0000"}', "key_unusable"),
        (b'{"event_id": "' + b"k" * 201 + b'"}', "key_unusable"),
    ],
    ids=lambda value: value[:30] if isinstance(value, bytes) else value,
)
def test_what_is_authentic_and_of_no_use_is_put_aside_with_its_bytes(
    received: Receiving, body: bytes, reason: str
) -> None:
    assert received.said("typeform", body) == (200, "quarantined", reason)
    assert received.inbox.quarantined() == [Quarantined("typeform", None, NOON, body, reason)]
    assert received.said("typeform", BODY) == (200, "accepted", None)


def test_brackets_within_strings_and_whole_characters_are_no_reason(received: Receiving) -> None:
    body = b'{"event_id": "e", "text": "' + rb"[{\"[\\" * 200 + b'", "smile": "\\ud83d\\ude00"}'
    assert received.said("typeform", body)[1] == "accepted"


def test_a_fault_in_a_vendors_module_costs_no_event(received: Receiving) -> None:
    assert received.said("faulty", BODY) == (200, "quarantined", "key_failed")
    assert [each.body for each in received.inbox.quarantined()] == [BODY]


def test_xeros_intent_to_receive_is_answered_empty_and_not_kept(received: Receiving) -> None:
    body = b'{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'
    right = received.push("xero", body)
    assert (right.status, right.body) == (200, b"")
    assert "set-cookie" not in right.headers
    wrong = received.push("xero", body, signed("xero", body, secret="another key"))
    assert (wrong.status, wrong.body) == (401, b"")
    assert received.keys() == []
    assert received.counted() == {
        ("xero", "200", "handshake"): 1,
        ("xero", "401", "signature_wrong"): 1,
    }


def test_xeros_events_are_answered_empty_too(received: Receiving) -> None:
    answer = received.push("xero", b'{"events": [{"id": "x1"}]}')
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["vouch-status"] == "accepted"
    assert received.keys() == ["x1"]


def test_unknown_sources_other_methods_and_missing_secrets_are_told_apart(
    received: Receiving,
) -> None:
    assert received.ask("POST", "/webhooks/nobody", BODY).said[0] == 404
    assert received.ask("PUT", "/webhooks/nobody", BODY).said[2] == "unknown_source"
    answer = received.ask("PUT", "/webhooks/typeform", BODY)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert received.said("silent", BODY, {}) == (403, "refused", "secret_missing")
    assert received.ask("GET", "/anything").said == (404, "refused", "unknown_path")
    assert received.ask("POST", "/webhooks/typeform/", BODY).status == 404
    assert received.ask("DELETE", "/health").said == (405, "refused", "method_not_allowed")
    assert received.counted() == {
        ("-", "404", "unknown_source"): 2,
        ("typeform", "405", "method_not_allowed"): 1,
        ("silent", "403", "secret_missing"): 1,
        ("-", "404", "unknown_path"): 2,
        ("-", "405", "method_not_allowed"): 1,
    }


def test_the_log_tells_the_reason_and_never_the_body(
    received: Receiving, caplog: pytest.LogCaptureFixture
) -> None:
    received.said("typeform", BODY, {})
    received.said("typeform", BODY, signed("typeform", BODY, secret="wrong"))
    received.said("typeform", BODY + b"}")
    received.said("faulty", BODY)
    assert "typeform: 401, signature_missing" in caplog.text
    assert "typeform: put aside, json_invalid, 73 bytes" in caplog.text
    assert "more than a webhook" not in caplog.text
    assert STANDARD_SECRET not in caplog.text


def test_operators_see_health_readiness_and_the_description(received: Receiving) -> None:
    assert received.ask("GET", "/health").json() == {"status": "ok"}
    assert received.ask("GET", "/ready").json() == {"status": "ready"}
    assert "/webhooks/typeform" in received.ask("GET", "/openapi.json").json()["paths"]
