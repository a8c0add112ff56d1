"""What makes an event the same event when it comes again, whichever way events come."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from ingestion.errors import fault
from ingestion.strict_json import NotStrict

# What the inbox's column holds.
_LONGEST = 200


class Unusable(Exception):
    """The event cannot be kept as one; ``reason`` is a word that can be counted.

    Those of ``NotStrict``, and ``key_missing``, ``key_unusable``, ``key_failed``: a fault of ours
    in a vendor's module, ``place`` says where; the event is worth another try once it is mended.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


@contextmanager
def keyed() -> Iterator[None]:
    """Whatever goes wrong within, while a body is read, is raised as ``Unusable``."""
    try:
        yield
    except Unusable:
        raise
    except NotStrict as error:
        raise Unusable(error.reason) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise Unusable("key_missing") from error
    except Exception as error:
        raise Unusable("key_failed", fault(error)) from error


def usable(key: str) -> str:
    """The key, if both databases can hold it and people can read it; else ``Unusable``."""
    if not 0 < len(key) <= _LONGEST or not key.isprintable():
        raise Unusable("key_unusable")
    return key
