"""How vendors sign what they push; verified on the raw body before all else.

Every scheme is HMAC-SHA256; they differ in the header, in what is signed besides the body, and
in how the result is written. A signature is compared as written, in constant time: another
spelling of the same bytes does not pass.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

TOLERANCE = timedelta(seconds=300)
"""How far a signed instant may lie from ours, either way; Stripe's and Standard Webhooks' own."""

_FEWEST_BYTES, _MOST_BYTES = 24, 64
# Eleven digits reach the year 5138; a datetime cannot hold many more.
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed besides the body: the instant of sending and the message's id, where the
    scheme has them.
    """

    timestamp: datetime | None
    identity: str | None = None


class SignatureError(Exception):
    """The body is not from who it says; ``reason`` is a word that can be counted.

    ``signature_missing``, ``signature_repeated``, ``signature_malformed``, ``signature_wrong``,
    ``timestamp_missing``, ``timestamp_malformed``, ``timestamp_old``, ``timestamp_future``,
    ``secret_missing``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scheme(Protocol):
    """One vendor's way of signing.

    ``headers`` are those it needs, ``wants_empty_answers`` is true of a vendor that takes an
    answer with a body for a failure.
    """

    @property
    def name(self) -> str: ...
    @property
    def headers(self) -> tuple[str, ...]: ...
    @property
    def wants_empty_answers(self) -> bool: ...

    def verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> Signed:
        """Raises ``SignatureError`` unless one of the secrets signed exactly this body.

        ``headers`` may be any spelling of upper and lower case; a header that came twice is
        seen when ``headers.items()`` gives it twice, as Starlette's do.
        """

    def sign(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """The headers the vendor would send with this body.

        Raises:
            ValueError: the secret is not one of this scheme's.
        """

    def check(self, secret: str) -> None:
        """Raises ``ValueError`` for a secret that is not one of this scheme's, or of our own choice
        and too short: who has seen one body with its signature can try short ones at leisure.
        """


def _hex(digest: bytes) -> str:
    return digest.hex()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


@dataclass(frozen=True, slots=True)
class BodySignature:
    """The raw body is signed and nothing else; one header holds ``prefix`` and the signature."""

    name: str
    header: str
    prefix: str
    written: Callable[[bytes], str]
    wants_empty_answers: bool = False
    shortest_secret: int = 0

    @property
    def headers(self) -> tuple[str, ...]:
        """The one header."""
        return (self.header,)

    def verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> Signed:
        """See ``Scheme``; ``now`` decides nothing."""
        given = _header(headers, self.header, "signature")
        if not given.startswith(self.prefix):
            raise SignatureError("signature_malformed")
        _require_one([given], (self._signature(body, each) for each in _usable(secrets)))
        return Signed(None)

    def sign(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """See ``Scheme``."""
        return {self.header: self._signature(body, secret)}

    def check(self, secret: str) -> None:
        """See ``Scheme``; a vendor that chooses the secret is trusted to choose it long."""
        if len(secret) < self.shortest_secret:
            raise ValueError(
                f"a secret has {len(secret)} characters, fewer than {self.shortest_secret}; "
                "take `openssl rand -hex 20`"
            )

    def _signature(self, body: bytes, secret: str) -> str:
        return self.prefix + self.written(_hmac(secret.encode(), body))


@dataclass(frozen=True, slots=True)
class StripeSignature:
    """``t=<seconds>,v1=<hex>``, signed is ``<seconds>.<body>``; ``v1`` may come several times.

    Source: docs.stripe.com/webhooks/signature.
    """

    name: str = "stripe"
    header: str = "Stripe-Signature"
    wants_empty_answers: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The one header."""
        return (self.header,)

    def verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> Signed:
        """See ``Scheme``."""
        parts = [
            part.split("=", 1) for part in _header(headers, self.header, "signature").split(",")
        ]
        if any(len(part) != 2 for part in parts):
            raise SignatureError("signature_malformed")
        times = [value for name, value in parts if name == "t"]
        if len(times) != 1:
            raise SignatureError("timestamp_malformed" if times else "timestamp_missing")
        sent = _instant(times[0])
        given = [value for name, value in parts if name == "v1"]
        _require_one(given, (self._signature(body, each, times[0]) for each in _usable(secrets)))
        return Signed(_in_time(sent, now))

    def sign(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """See ``Scheme``."""
        seconds = str(int(now.timestamp()))
        return {self.header: f"t={seconds},v1={self._signature(body, secret, seconds)}"}

    def check(self, secret: str) -> None:
        """See ``Scheme``; Stripe chooses the secret."""

    def _signature(self, body: bytes, secret: str, seconds: str) -> str:
        return _hmac(secret.encode(), seconds.encode() + b"." + body).hex()


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """``v1,<base64>`` several times with blanks between, signed is ``<id>.<seconds>.<body>``.

    A secret is base64 with ``whsec_`` before it. Signatures of other versions (``v1a``) are
    passed over. Source: standardwebhooks.com, the specification.
    """

    name: str = "standard_webhooks"
    headers: tuple[str, ...] = ("webhook-id", "webhook-timestamp", "webhook-signature")
    wants_empty_answers: bool = False

    def verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> Signed:
        """See ``Scheme``."""
        identity, seconds, signatures = (
            _header(headers, name, kind)
            for name, kind in zip(self.headers, ("id", "timestamp", "signature"), strict=True)
        )
        if not identity.isascii():
            raise SignatureError("signature_malformed")
        sent = _instant(seconds)
        listed = [part.split(",", 1) for part in signatures.split(" ")]
        if any(len(part) != 2 for part in listed):
            raise SignatureError("signature_malformed")
        given = [value for version, value in listed if version == "v1"]
        try:
            right = [self._signature(body, each, identity, seconds) for each in _usable(secrets)]
        except ValueError as error:
            raise SignatureError("secret_missing") from error
        _require_one(given, right)
        return Signed(_in_time(sent, now), identity)

    def sign(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """See ``Scheme``; the message's id is made of the body, so that it repeats with it."""
        identity = f"msg_{hashlib.sha256(body).hexdigest()[:27]}"
        seconds = str(int(now.timestamp()))
        signature = f"v1,{self._signature(body, secret, identity, seconds)}"
        return dict(zip(self.headers, (identity, seconds, signature), strict=True))

    def check(self, secret: str) -> None:
        """See ``Scheme``; 24 to 64 bytes are the specification's."""
        if not _FEWEST_BYTES <= len(_key(secret)) <= _MOST_BYTES:
            raise ValueError(
                f"a secret holds {len(_key(secret))} bytes, not {_FEWEST_BYTES} to {_MOST_BYTES}; "
                "take whsec_ and `openssl rand -base64 32`"
            )

    def _signature(self, body: bytes, secret: str, identity: str, seconds: str) -> str:
        return _base64(_hmac(_key(secret), f"{identity}.{seconds}.".encode() + body))


TYPEFORM = BodySignature("typeform", "Typeform-Signature", "sha256=", _base64, shortest_secret=16)
"""Source: typeform.com/developers/webhooks/secure-your-webhooks."""

XERO = BodySignature("xero", "x-xero-signature", "", _base64, wants_empty_answers=True)
"""Answers must be empty and come within 5 s.

Source: developer.xero.com/documentation/webhooks/configuring-your-server.
"""

GREENHOUSE = BodySignature("greenhouse", "Signature", "sha256 ", _hex)
"""Source: grnhse/greenhouse-api-docs, webhooks/_introduction.md."""

STRIPE = StripeSignature()
STANDARD_WEBHOOKS = StandardWebhooks()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("a Standard Webhooks secret is whsec_ and base64") from error


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def _header(headers: Mapping[str, str], name: str, kind: str) -> str:
    wanted = name.lower()
    found = [value for key, value in headers.items() if key.lower() == wanted]
    if len(found) > 1:
        raise SignatureError("signature_repeated")
    if not found or not found[0]:
        raise SignatureError("timestamp_missing" if kind == "timestamp" else "signature_missing")
    return found[0]


def _usable(secrets: Sequence[str]) -> list[str]:
    """An empty secret is none: anybody could sign with it."""
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureError("secret_missing")
    return usable


def _require_one(given: Sequence[str], expected: Iterable[str]) -> None:
    if not given:
        raise SignatureError("signature_missing")
    # Headers are text of any bytes, and compare_digest takes text of ASCII only.
    written = [each.encode("utf-8", "surrogatepass") for each in given]
    matches = [hmac.compare_digest(one, right.encode()) for right in expected for one in written]
    if not any(matches):
        raise SignatureError("signature_wrong")


def _instant(seconds: str) -> datetime:
    if not _SECONDS.fullmatch(seconds):
        raise SignatureError("timestamp_malformed")
    return datetime.fromtimestamp(int(seconds), UTC)


def _in_time(sent: datetime, now: datetime) -> datetime:
    if sent < now - TOLERANCE:
        raise SignatureError("timestamp_old")
    if sent > now + TOLERANCE:
        raise SignatureError("timestamp_future")
    return sent
