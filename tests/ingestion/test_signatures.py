"""Signatures: vectors that others computed, and that nothing but the signed bytes passes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.signatures import (
    GREENHOUSE,
    STANDARD_WEBHOOKS,
    STRIPE,
    TYPEFORM,
    XERO,
    Scheme,
    SignatureError,
)

SCHEMES = (TYPEFORM, XERO, GREENHOUSE, STRIPE, STANDARD_WEBHOOKS)
SECRETS = {
    "typeform": ("first-secret", "second-secret"),
    "xero": ("first-key", "second-key"),
    "greenhouse": ("first-secret", "second-secret"),
    "stripe": ("whsec_first", "whsec_second"),
    "standard_webhooks": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    ),
}
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
# RFC 4231, test cases 1 and 2, and the same digests in base64.
RFC_1 = ("\x0b" * 20, b"Hi There")
RFC_2 = ("Jefe", b"what do ya want for nothing?")
RFC_1_HEX = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
RFC_2_HEX = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
RFC_2_BASE64 = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="


def reason(
    scheme: Scheme,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    now: datetime = NOW,
) -> str:
    """Why it was refused; empty when it was not."""
    try:
        scheme.verify(headers, body, secrets, now)
    except SignatureError as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    ("scheme", "secret", "body", "headers", "at"),
    [
        # The construction is the vendors', the digest the RFC's.
        (TYPEFORM, *RFC_2, {"Typeform-Signature": f"sha256={RFC_2_BASE64}"}, 0),
        (XERO, *RFC_2, {"x-xero-signature": RFC_2_BASE64}, 0),
        # `printf … | openssl dgst -sha256 -hmac ABC123 -binary | base64`, over Xero's own example.
        (
            XERO,
            "ABC123",
            b'{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}',
            {"x-xero-signature": "09iNIFaLm8OdTYu54oATMfkeUfK0gpe5bAWBM9ZM6EM="},
            0,
        ),
        (GREENHOUSE, *RFC_1, {"Signature": f"sha256 {RFC_1_HEX}"}, 0),
        (GREENHOUSE, *RFC_2, {"Signature": f"sha256 {RFC_2_HEX}"}, 0),
        # `printf '1614265330.{"test": 2432232314}' | openssl dgst -sha256 -hmac whsec_test_secret`.
        (
            STRIPE,
            "whsec_test_secret",
            b'{"test": 2432232314}',
            {
                "Stripe-Signature": "t=1614265330,v1="
                "10c96c6fd3f320fcfc264cdc4f476c15060ede8e8a08404cea2ddf3b72544a9c,v0=6ffbb59b"
            },
            1614265330,
        ),
        # The vector of the specification's own libraries (standard-webhooks, svix).
        (
            STANDARD_WEBHOOKS,
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            b'{"test": 2432232314}',
            {
                "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp": "1614265330",
                "webhook-signature": "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
                "v1a,Hh8RvX0p v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            },
            1614265330,
        ),
    ],
)
def test_a_published_vector_verifies(
    scheme: Scheme, secret: str, body: bytes, headers: dict[str, str], at: int
) -> None:
    now = datetime.fromtimestamp(at, UTC)
    signed = scheme.verify(headers, body, [secret], now)
    assert signed.timestamp in {None, now}
    assert reason(scheme, headers, body + b" ", [secret], now) == "signature_wrong"


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_either_of_two_secrets_verifies_and_another_does_not(scheme: Scheme) -> None:
    first, second = SECRETS[scheme.name]
    body = b'{"event_id": "1"}'
    for secret in (first, second):
        assert reason(scheme, scheme.sign(body, secret, NOW), body, [first, second]) == ""
    assert reason(scheme, scheme.sign(body, first, NOW), body, [second]) == "signature_wrong"


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
@settings(deadline=None)
@given(body=st.binary(max_size=200), place=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_of_the_body_fails(scheme: Scheme, body: bytes, place: int, bit: int) -> None:
    body += b"."
    (secret, _) = SECRETS[scheme.name]
    changed = bytearray(body)
    changed[place % len(body)] ^= 1 << bit
    headers = scheme.sign(body, secret, NOW)
    assert reason(scheme, headers, bytes(changed), [secret]) == "signature_wrong"


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
@settings(deadline=None)
@given(body=st.binary(max_size=50), place=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_header_fails(scheme: Scheme, body: bytes, place: int, bit: int) -> None:
    (secret, _) = SECRETS[scheme.name]
    for name, value in scheme.sign(body, secret, NOW).items():
        changed = bytearray(value.encode())
        changed[place % len(changed)] ^= 1 << bit
        headers = {**scheme.sign(body, secret, NOW), name: changed.decode("latin-1")}
        assert reason(scheme, headers, body, [secret]) != ""


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
@settings(deadline=None)
@given(body=st.binary(max_size=50), place=st.integers(0), bit=st.integers(0, 6))
def test_a_flipped_bit_of_the_secret_fails(
    scheme: Scheme, body: bytes, place: int, bit: int
) -> None:
    (secret, _) = SECRETS[scheme.name]
    changed = bytearray(secret.encode())
    changed[place % len(changed)] ^= 1 << bit
    headers = scheme.sign(body, secret, NOW)
    # A secret of Standard Webhooks may also stop being base64.
    assert reason(scheme, headers, body, [changed.decode()]) in {
        "signature_wrong",
        "secret_missing",
    }


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
@settings(deadline=None)
@given(values=st.lists(st.text(max_size=60), min_size=3, max_size=3))
def test_any_header_is_refused_with_a_reason(scheme: Scheme, values: list[str]) -> None:
    headers = dict(zip(scheme.headers, values, strict=False))
    assert reason(scheme, headers, b"{}", SECRETS[scheme.name]) in {
        "signature_missing",
        "signature_malformed",
        "signature_wrong",
        "timestamp_missing",
        "timestamp_malformed",
    }


class Repeated(dict[str, str]):
    """Headers of which each came twice, as Starlette shows them."""

    def items(self):  # type: ignore[no-untyped-def]
        """Every one, as often as it came."""
        return [*super().items(), *super().items()]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_a_header_that_is_missing_or_repeated_is_told_apart(scheme: Scheme) -> None:
    secrets = SECRETS[scheme.name]
    headers = scheme.sign(b"{}", secrets[0], NOW)
    assert reason(scheme, {}, b"{}", secrets) == "signature_missing"
    assert reason(scheme, Repeated(headers), b"{}", secrets) == "signature_repeated"
    shouted = {name.upper(): value for name, value in headers.items()}
    assert reason(scheme, shouted, b"{}", secrets) == ""


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_an_empty_secret_verifies_nothing(scheme: Scheme, secrets: tuple[str, ...]) -> None:
    headers = scheme.sign(b"{}", "", NOW)
    assert reason(scheme, headers, b"{}", secrets) == "secret_missing"


@pytest.mark.parametrize("scheme", [STRIPE, STANDARD_WEBHOOKS], ids=lambda scheme: scheme.name)
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-301, "timestamp_future"), (-300, ""), (0, ""), (300, ""), (301, "timestamp_old")],
)
def test_a_signed_instant_counts_for_five_minutes_either_way(
    scheme: Scheme, seconds: int, expected: str
) -> None:
    (secret, _) = SECRETS[scheme.name]
    headers = scheme.sign(b"{}", secret, NOW)
    assert reason(scheme, headers, b"{}", [secret], NOW + timedelta(seconds=seconds)) == expected


def test_stripe_takes_any_of_several_signatures() -> None:
    right = STRIPE.sign(b"{}", "whsec_new", NOW)["Stripe-Signature"]
    time, signature = right.split(",")
    other = STRIPE.sign(b"{}", "whsec_old", NOW)["Stripe-Signature"].split(",")[1]
    headers = {"Stripe-Signature": f"{time},{other},{signature}"}
    assert reason(STRIPE, headers, b"{}", ["whsec_new"]) == ""
    twice = {"Stripe-Signature": f"{time},{time},{signature}"}
    assert reason(STRIPE, twice, b"{}", ["whsec_new"]) == "timestamp_malformed"


def test_a_secret_that_is_no_base64_is_named_when_it_signs() -> None:
    with pytest.raises(ValueError, match="whsec_ and base64"):
        STANDARD_WEBHOOKS.sign(b"{}", "whsec_not base64", NOW)
