"""The subset of JPQL that pulls use: ``dateLastModified >= 170… AND id > 5``."""

import re

from sandbox.protocol.conditions import AnyOf, BadFilter, Condition, Range

_CLAUSE = re.compile(
    r"\s*(?P<field>[A-Za-z_][\w.]*)\s*"
    r"(?:(?P<in>(?:NOT\s+)?IN)\s*\((?P<list>[^)]*)\)|(?P<operator>>=|<=|<>|!=|>|<|=)\s*"
    r"(?P<value>'[^']*'|[^\s']+))\s*",
    re.IGNORECASE,
)


def parse(where: str) -> tuple[Condition, ...]:
    """The conditions of a conjunction. Raises BadFilter for what is not understood."""
    text = where.strip()
    conditions: list[Condition] = []
    while text:
        clause = _CLAUSE.match(text)
        if clause is None:
            raise BadFilter(f"Invalid where clause: {where}")
        conditions.append(_condition(clause))
        text = text[clause.end() :]
        joined = re.match(r"AND\b\s*", text, re.IGNORECASE)
        if joined and text[joined.end() :]:
            text = text[joined.end() :]
        elif text:
            raise BadFilter(f"Invalid where clause: {where}")
    return tuple(conditions)


def _condition(clause: re.Match[str]) -> Condition:
    field = clause["field"]
    if clause["in"]:
        values = tuple(_value(part.strip()) for part in clause["list"].split(","))
        return AnyOf(field, values, clause["in"].upper().startswith("NOT"))
    operator, value = clause["operator"], _value(clause["value"])
    if operator in ("=", "<>", "!="):
        return AnyOf(field, (value,), operator != "=")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFilter(f"Invalid where clause: {field} {operator} {clause['value']}")
    if operator.startswith(">"):
        return Range(field, value, None, low_included=operator == ">=")
    return Range(field, None, value, high_included=operator == "<=")


def _value(text: str) -> bool | int | float | str:
    if text.startswith("'"):
        return text.strip("'")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError as error:
        raise BadFilter(f"Invalid where clause: {text}") from error
