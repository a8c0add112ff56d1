"""The subset of Lucene that pulls use: ``id:[5 TO *] AND dateLastModified:[a TO b]``."""

import re
from datetime import UTC, datetime

from sandbox.protocol.conditions import AnyOf, BadFilter, Condition, Range

_CLAUSE = re.compile(
    r"\s*(?P<not>NOT\s+|-|!)?(?P<field>[A-Za-z_][\w.]*):"
    r"(?P<value>\[[^\]]*\]|\{[^}]*\}|\([^)]*\)|\"[^\"]*\"|[^\s()]+)\s*"
)
_RANGE = re.compile(r"[\[{]\s*(\S+)\s+TO\s+(\S+?)\s*[\]}]", re.IGNORECASE)


def parse(query: str) -> tuple[Condition, ...]:
    """The conditions of a conjunction. Raises BadFilter for what is not understood."""
    text = query.strip()
    if text in ("*:*", "*"):
        return ()
    conditions: list[Condition] = []
    while text:
        clause = _CLAUSE.match(text)
        if clause is None:
            raise BadFilter(f"Cannot parse '{query}'")
        conditions.append(_condition(clause["field"], clause["value"], bool(clause["not"])))
        text = text[clause.end() :]
        joined = re.match(r"(AND\b|&&|\+)\s*", text)
        if joined:
            text = text[joined.end() :]
            if not text:
                raise BadFilter(f"Cannot parse '{query}': ends with AND")
        elif text:
            raise BadFilter(f"Cannot parse '{query}': the sandbox joins clauses by AND only")
    return tuple(conditions)


def _condition(field: str, value: str, negated: bool) -> Condition:
    if value[0] in "[{":
        bounds = _RANGE.fullmatch(value)
        if bounds is None or negated:
            raise BadFilter(f"Cannot parse range '{value}'")
        return Range(
            field,
            _bound(bounds[1], field),
            _bound(bounds[2], field),
            low_included=value[0] == "[",
            high_included=value[-1] == "]",
        )
    if value.startswith("("):
        words = [word for word in value[1:-1].split() if word != "OR"]
        return AnyOf(field, tuple(_word(word) for word in words), negated)
    return AnyOf(field, (_word(value),), negated)


def _bound(text: str, field: str) -> float | None:
    if text == "*":
        return None
    if not text.lstrip("-").isdigit():
        raise BadFilter(f"Cannot parse bound '{text}' of {field}")
    if field.startswith("date") and len(text) in (8, 14):
        pattern = "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S"
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).timestamp() * 1000
        except ValueError as error:
            raise BadFilter(f"Cannot parse date '{text}' of {field}") from error
    return float(text)


def _word(text: str) -> bool | int | str:
    plain = text.strip('"')
    if plain in ("true", "false"):
        return plain == "true"
    return int(plain) if plain.lstrip("-").isdigit() else plain
