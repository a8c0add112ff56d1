"""Bullhorn's ``fields=``: parsing ``id,owner(id,firstName)``, and cutting a record to it.

Values are copied as bytes, never re-serialised: replayed payloads keep their own numbers.
"""

from dataclasses import dataclass

import msgspec

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True)
class Field:
    """A field asked for; ``inner`` are those of an association, empty for a plain one."""

    name: str
    inner: tuple["Field", ...] = ()


class MalformedFields(Exception):
    """The parentheses or commas of ``fields=`` do not add up."""


def parse(text: str) -> tuple[Field, ...]:
    """The fields asked for, in order. Raises MalformedFields."""
    fields, rest = _parse(text.replace(" ", ""))
    if rest:
        raise MalformedFields(f"unexpected {rest[0]!r} in fields")
    return fields


def _parse(text: str) -> tuple[tuple[Field, ...], str]:
    fields: list[Field] = []
    while text and text[0] != ")":
        end = min((text.find(c) for c in ",()[" if c in text), default=len(text))
        name, text = text[:end], text[end:]
        inner: tuple[Field, ...] = ()
        if text.startswith("["):  # owner[3](id): how many of a to-many
            text = text[text.find("]") + 1 :]
        if text.startswith("("):
            inner, text = _parse(text[1:])
            if not text.startswith(")"):
                raise MalformedFields("a parenthesis in fields is not closed")
            text = text[1:]
        if not name:
            raise MalformedFields("a field has no name")
        fields.append(Field(name, inner))
        text = text.removeprefix(",")
    return tuple(fields), text


def cut(raw: bytes, fields: tuple[Field, ...], extra: bytes = b"") -> bytes:
    """The record with only these fields; one it lacks is left out."""
    record = _OBJECT.decode(raw)
    if any(field.name == "*" for field in fields):
        members = [_member(name, bytes(value)) for name, value in record.items()]
    else:
        members = [
            _member(field.name, _value(bytes(record[field.name]), field.inner))
            for field in fields
            if field.name in record
        ]
    if extra:
        members.append(extra)
    return b"{" + b",".join(members) + b"}"


def _member(name: str, value: bytes) -> bytes:
    return b'"' + name.encode() + b'":' + value


def _value(raw: bytes, inner: tuple[Field, ...]) -> bytes:
    if not raw.startswith(b"{"):
        return raw
    association = _OBJECT.decode(raw)
    if "data" in association and "total" in association:
        items = [
            cut(bytes(item), inner or (Field("id"),)) for item in _LIST.decode(association["data"])
        ]
        total = bytes(association["total"])
        return b'{"total":' + total + b',"data":[' + b",".join(items) + b"]}"
    # An association named without parentheses comes as its id.
    return cut(raw, inner or (Field("id"),))
