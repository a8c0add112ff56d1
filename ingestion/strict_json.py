"""JSON that all readers understand alike: what DuckDB, msgspec and Python would read differently
is refused by name before anything acts on it.
"""

import json
import math
import re
from typing import Any

# A string from its quote to its end, or to the body's end where it has none. Possessive, so
# that no body makes it look twice at a byte.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotStrict(Exception):
    """The body is not strict JSON; ``reason`` is a word that can be counted.

    ``json_too_deep``, ``utf8_invalid``, ``json_invalid``, ``json_not_finite`` (NaN, Infinity),
    ``json_number_too_large``, ``json_duplicate_key``, ``json_lone_surrogate``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require_strict(body: bytes, max_depth: int) -> None:
    """Raises ``NotStrict`` unless the body is one JSON value of at most that depth."""
    if depth_exceeds(body, max_depth):
        raise NotStrict("json_too_deep")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotStrict("utf8_invalid") from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_not_finite,
            parse_float=_finite,
        )
    except RecursionError as error:
        raise NotStrict("json_too_deep") from error
    except json.JSONDecodeError as error:
        raise NotStrict("json_invalid") from error
    except ValueError as error:
        # Python converts at most 4,300 digits to an integer.
        raise NotStrict("json_number_too_large") from error
    if _SURROGATE.search(text):
        _require_whole_characters(value)


def depth_exceeds(body: bytes, most: int) -> bool:
    """Whether brackets outside strings nest deeper than ``most``; reads bytes, parses nothing."""
    if body.count(b"[") + body.count(b"{") <= most:
        return False
    depth = 0
    for bracket in _STRING.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > most:
            return True
    return False


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("json_duplicate_key")
    return found


def _not_finite(constant: str) -> None:
    raise NotStrict("json_not_finite")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotStrict("json_number_too_large")
    return number


def _require_whole_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotStrict("json_lone_surrogate") from error
