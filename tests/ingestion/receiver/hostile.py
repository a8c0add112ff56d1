"""Hostile requests, as many as asked, the same from the same seed. None may be accepted."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pushing import signed

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Hostile:
    """The bytes of one request, and what may be answered.

    ``kind`` names how it was made; ``outcomes`` are (status, status text) that are right, where
    None stands for a connection that is closed without a word.
    """

    kind: str
    request: bytes
    outcomes: frozenset[tuple[int, str] | None]


REFUSED = frozenset({(401, "refused")})
PUT_ASIDE = frozenset({(200, "quarantined")})
TOO_LARGE = frozenset({(413, "refused")})
NOT_HTTP = frozenset(
    {
        (400, "refused"),
        (408, "refused"),
        (431, "refused"),
        (404, "refused"),
        (405, "refused"),
        (401, "refused"),
        None,
    }
)
_PUSHING = ("typeform", "stripe", "own", "answers", "books")


def requests(seed: int, count: int, now: datetime, max_body_bytes: int) -> Iterator[Hostile]:
    """``count`` requests; ``now`` is what the receiver's clock shows, give or take a minute."""
    dice = Random(seed)
    for _ in range(count):
        roll = dice.random()
        if roll < 0.55:
            yield _unusable(dice, now)
        elif roll < 0.90:
            yield _unsigned(dice, now)
        elif roll < 0.92:
            yield _too_large(dice, now, max_body_bytes)
        else:
            yield _not_http(dice, now)


def _unusable(dice: Random, now: datetime) -> Hostile:
    """Rightly signed, and of no use."""
    make = dice.choice(BODIES)
    body = make(dice)
    source = dice.choice(_PUSHING)
    headers = _lines(signed(source, body, now)) + dice.choice(_ODDITIES)(dice)
    # A body that happens to be in order after all would be taken, rightly.
    return Hostile(make.__name__, _request(dice, source, headers, body), PUT_ASIDE)


def _unsigned(dice: Random, now: datetime) -> Hostile:
    """In order, but for its signature."""
    body = _event(dice) if dice.random() < 0.5 else dice.choice(BODIES)(dice)
    source = dice.choice(_PUSHING)
    spoil = dice.choice(SIGNATURES)
    headers = spoil(dice, source, body, now) + dice.choice(_ODDITIES)(dice)
    return Hostile(spoil.__name__, _request(dice, source, headers, body), REFUSED)


def _too_large(dice: Random, now: datetime, most: int) -> Hostile:
    body = b'{"event_id": "%s"}' % (b"x" * (most + dice.randrange(most)))
    headers = _lines(signed("typeform", body, now))
    return Hostile("too_large", _request(dice, "typeform", headers, body), TOO_LARGE)


def _not_http(dice: Random, now: datetime) -> Hostile:
    make = dice.choice(_LINES)
    return Hostile(make.__name__, make(dice), NOT_HTTP)


def _request(dice: Random, source: str, headers: list[Header], body: bytes) -> bytes:
    """As HTTP; one in five in chunks."""
    head = b"POST /webhooks/%s HTTP/1.1\r\nHost: x\r\n" % source.encode()
    if dice.random() < 0.2:
        parts, rest = [], body
        while rest:
            cut = dice.randrange(1, 5000)
            parts.append(b"%x\r\n%s\r\n" % (len(rest[:cut]), rest[:cut]))
            rest = rest[cut:]
        framing, sent = (b"Transfer-Encoding", b"chunked"), b"".join(parts) + b"0\r\n\r\n"
    else:
        framing, sent = (b"Content-Length", b"%d" % len(body)), body
    lines = b"".join(b"%s: %s\r\n" % line for line in [*headers, framing])
    return head + lines + b"\r\n" + sent


def _lines(headers: dict[str, str]) -> list[Header]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _event(dice: Random) -> bytes:
    answers = [
        {
            "field": dice.randrange(99),
            "text": "".join(chr(dice.randrange(32, 0x2FF)) for _ in range(9)),
        }
        for _ in range(dice.randrange(6))
    ]
    event = {"event_id": f"e{dice.randrange(10**9)}", "answers": answers, "nested": {"a": [1.5]}}
    return json.dumps(event, ensure_ascii=dice.random() < 0.5).encode()


def truncated(dice: Random) -> bytes:
    body = _event(dice)
    return body[: dice.randrange(len(body))]


def deep(dice: Random) -> bytes:
    levels = dice.choice([65, 66, 200, 1000, 5000, 20_000])
    opening, closing = dice.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
    closed = closing * levels if dice.random() < 0.7 else b""
    return b'{"event_id": "e", "deep": ' + opening * levels + b"1" + closed + b"}"


def huge_number(dice: Random) -> bytes:
    number = dice.choice(
        [b"1e%d" % dice.randrange(309, 10**6), b"-1e400", b"9" * dice.randrange(4301, 9000)]
    )
    return b'{"event_id": "e", "n": [%s]}' % number


def not_finite(dice: Random) -> bytes:
    return b'{"event_id": "e", "n": %s}' % dice.choice([b"NaN", b"Infinity", b"-Infinity"])


def duplicate_key(dice: Random) -> bytes:
    spelt = dice.choice([b'"a"', b'"\\u0061"'])
    inner = b'{"a": 1, %s: 2}' % spelt
    for _ in range(dice.randrange(20)):
        inner = dice.choice([b"[%s]", b'{"b": %s}']) % inner
    return b'{"event_id": "e", "x": %s}' % inner


def surrogate(dice: Random) -> bytes:
    lone = dice.choice([b"\\ud800", b"\\uDFFF", b"\\ude00\\ud83d", b"\\uD83D x", b"\xed\xa0\x80"])
    place = dice.choice([b'{"event_id": "%s"}', b'{"event_id": "e", "%s": 1}', b'["%s"]'])
    return place % lone


def byte_order_mark(dice: Random) -> bytes:
    body = _event(dice)
    return dice.choice(
        [b"\xef\xbb\xbf" + body, body.decode().encode("utf-16"), body.decode().encode("utf-32-le")]
    )


def packed(dice: Random) -> bytes:
    return dice.choice([gzip.compress, zlib.compress])(_event(dice))


def noise(dice: Random) -> bytes:
    return b"\xff" + dice.randbytes(dice.randrange(2000))


def spoilt(dice: Random) -> bytes:
    body = _event(dice)
    place = dice.randrange(len(body))
    return body[:place] + dice.choice([b"\x00", b"\x1f", b"\xff", b"\xc0\xaf"]) + body[place:]


def other_language(dice: Random) -> bytes:
    return dice.choice(
        [
            b"",
            b" \r\n\t",
            b"{'event_id': 'e'}",
            b'{"event_id": "e",}',
            b'{event_id: "e"}',
            b'{"event_id": "e"} // why',
            b'{"event_id": "e"}{"event_id": "f"}',
            b"event_id=e&event_id=f",
            b'--x\r\nContent-Disposition: form-data; name="event_id"\r\n\r\ne\r\n--x--\r\n',
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            b"True",
            b"01",
            b"\\",
        ]
    )


def long_string(dice: Random) -> bytes:
    filling = dice.choice([b"\\", b'\\"', b'"', b"[", b"\\u0000", b'\\\\"', b'"[{'])
    return b'{"event_id": "' + filling * dice.randrange(1, 100_000 // len(filling)) + b"\x00"


def wrong_shape(dice: Random) -> bytes:
    return dice.choice(
        [
            b"null",
            b"0",
            b'"text"',
            b"[]",
            b"{}",
            b'{"event_id": null}',
            b'{"event_id": {"event_id": "e"}}',
            b'{"event_id": [%d]}' % dice.randrange(10**6),
            b'{"event_id": %d}' % dice.randrange(10**6),
            b'{"event_id": ""}',
            b'{"event_id": "\\u0000%d"}' % dice.randrange(10**6),
            b'{"event_id": "\\n"}',
            b'{"event_id": "%s"}' % (b"k" * dice.randrange(201, 5000)),
        ]
    )


BODIES: tuple[Callable[[Random], bytes], ...] = (
    truncated,
    deep,
    huge_number,
    not_finite,
    duplicate_key,
    surrogate,
    byte_order_mark,
    packed,
    noise,
    spoilt,
    other_language,
    long_string,
    wrong_shape,
)


def no_signature(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    headers = _lines(signed(source, body, now))
    del headers[dice.randrange(len(headers))]
    return headers


def garbled(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    junk = dice.choice(
        [
            b"",
            b"sha256=",
            b"sha256 ",
            b"v1,",
            b"t=,v1=",
            b"t=1,v1=" + b"0" * 64,
            b"t=" + b"9" * dice.randrange(5, 400) + b",v1=0",
            b"t=-1,v1=0",
            b"=" * dice.randrange(1, 3000),
            b"," * dice.randrange(1, 3000),
            b"v1=0," * 500,
            b"v1,AAAA " * 500,
            bytes(dice.randrange(0x80, 0x100) for _ in range(40)),
            bytes(dice.randrange(0x21, 0x7F) for _ in range(dice.randrange(1, 9000))),
        ]
    )
    return [(name, junk) for name, _ in _lines(signed(source, body, now))]


def other_body(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    return _lines(signed(source, body + b" ", now))


def other_secret(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" if source == "own" else "another"
    return _lines(signed(source, body, now, secret))


def other_source(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    other = dice.choice([name for name in _PUSHING if name != source])
    return _lines(signed(other, body, now))


def twice(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    return _lines(signed(source, body, now)) * 2


def flipped(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    headers = _lines(signed(source, body, now))
    place = dice.randrange(len(headers))
    name, value = headers[place]
    changed = bytearray(value)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(5)
    # Some bytes end a line or are trimmed; then the header is another one, and as wrong.
    safe = bytes(changed).replace(b"\r", b"?").replace(b"\n", b"?").replace(b"\x00", b"?")
    safe = bytes(byte if byte >= 0x21 and byte != 0x7F else 0x3F for byte in safe)
    headers[place] = (name, safe)
    return headers


def at_another_time(dice: Random, source: str, body: bytes, now: datetime) -> list[Header]:
    timed = source if source in ("stripe", "own") else "stripe"
    span = timedelta(seconds=dice.choice([-1, 1]) * dice.randrange(400, 10**8))
    return _lines(signed(timed, body, now + span))


SIGNATURES = (
    no_signature,
    garbled,
    other_body,
    other_secret,
    other_source,
    twice,
    flipped,
    at_another_time,
)


def _none(dice: Random) -> list[Header]:
    return []


def _content_types(dice: Random) -> list[Header]:
    kinds = [
        b"text/html",
        b"multipart/form-data; boundary=",
        b"\xff\xfe",
        b"a/b" * 500,
        b"application/json; charset=utf-7",
    ]
    return [(b"Content-Type", dice.choice(kinds))]


def _long(dice: Random) -> list[Header]:
    return [(b"X-Long", b"x" * dice.randrange(1000, 20_000))]


def _many(dice: Random) -> list[Header]:
    return [(b"X-%d" % number, b"y") for number in range(dice.randrange(20, 200))]


def _encodings(dice: Random) -> list[Header]:
    return [(b"Content-Encoding", dice.choice([b"gzip", b"br", b"identity, gzip"]))]


def _forwarded(dice: Random) -> list[Header]:
    return [
        (b"X-Forwarded-For", b"' or 1=1 --"),
        (b"Cookie", b"a=" + dice.randbytes(9).hex().encode()),
    ]


_ODDITIES = (_none, _content_types, _long, _many, _encodings, _forwarded)


def bad_lengths(dice: Random) -> bytes:
    length = dice.choice(
        [
            b"-1",
            b"+5",
            b"5, 5",
            b"0x5",
            b"abc",
            b"99999999999999999999",
            b"5\r\nContent-Length: 6",
            b"5\r\nTransfer-Encoding: chunked",
        ]
    )
    return (
        b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\nhello" % length
    )


def bad_chunks(dice: Random) -> bytes:
    chunk = dice.choice(
        [
            b"-1\r\n",
            b"zz\r\n",
            b"ffffffffffffffffff\r\n",
            b"5\r\nhell",
            b"5;\x00=1\r\nhello\r\n0\r\n\r\n",
            b"3\r\nhello\r\n",
        ]
    )
    return (
        b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
    )


def bad_line(dice: Random) -> bytes:
    line = dice.choice(
        [
            b"",
            b"POST",
            b"POST /webhooks/typeform",
            b"BREW /webhooks/typeform HTTP/1.1",
            b"POST  /webhooks/typeform  HTTP/9.9",
            b"POST http://[::1/webhooks/typeform HTTP/1.1",
            b"POST /webhooks/\xff\xfe HTTP/1.1",
            b"POST /webhooks/%%ff%%fe HTTP/1.1\r\nContent-Length: 0",
            b"POST /webhooks/../health HTTP/1.1\r\nContent-Length: 0",
            b"PUT /webhooks/stripe HTTP/1.1\r\nContent-Length: 0",
            b"GET /webhooks/typeform?" + b"q" * dice.randrange(100, 30_000) + b" HTTP/1.1",
            b"POST /webhooks/"
            + b"n" * dice.randrange(100, 30_000)
            + b" HTTP/1.1\r\nContent-Length: 0",
            b"OPTIONS * HTTP/1.1",
            b"PRI * HTTP/2.0",
        ]
    )
    return line + b"\r\nHost: x\r\n\r\n"


def bad_header(dice: Random) -> bytes:
    header = dice.choice(
        [
            b": no name",
            b"no colon",
            b"a b: c",
            b"X: \x00",
            b"X:\x01\x7f",
            b"X\xff: y",
            b" folded: line",
            b"X: " + b"x" * 100_000,
        ]
    )
    return (
        b"POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n%s\r\n\r\n" % header
    )


def bytes_of_another_protocol(dice: Random) -> bytes:
    return dice.choice(
        [
            b"\x16\x03\x01\x02\x00",
            b"\x00",
            b"SSH-2.0-x\r\n",
            b"\r\n\r\n\r\n",
            b"*1\r\n$4\r\nPING\r\n",
        ]
    ) + dice.randbytes(dice.randrange(1, 400))


_LINES = (bad_lengths, bad_chunks, bad_line, bad_header, bytes_of_another_protocol)
