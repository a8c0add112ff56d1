"""Faults that tests order by name. No vendor has this interface: it is not part of a protocol."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["status", "rate_limited", "html", "truncated", "close", "mutate", "delay"]
Mutation = Callable[[dict[str, Any]], None]


@dataclass
class Fault:
    """What goes wrong, where, and how often.

    Args:
        vendor: bullhorn, typeform or xero.
        path_contains: part of the request's path (``Invoices``, ``search/Candidate``).
        kind: ``status`` answers ``status``; ``rate_limited`` 429 with ``retry_after`` seconds;
            ``html`` a 200 page of HTML; ``truncated`` half of the JSON; ``close`` breaks the
            connection in mid-body; ``mutate`` changes item ``item`` of the list by
            ``mutation``; ``delay`` waits ``seconds`` first.
        times: how many matching requests suffer; None for all.
        skip: how many matching requests are answered well before.
    """

    vendor: str
    path_contains: str
    kind: Kind
    times: int | None = 1
    skip: int = 0
    status: int = 500
    retry_after: int | None = 1
    seconds: float = 0.0
    item: int = 0
    mutation: Mutation | None = None
    seen: int = field(default=0, init=False)

    def strikes(self, path: str) -> bool:
        """Count a matching request, and say whether it suffers."""
        if not path.startswith(f"/{self.vendor}/") or self.path_contains not in path:
            return False
        self.seen += 1
        late = self.times is not None and self.seen > self.skip + self.times
        return self.seen > self.skip and not late


class Faults:
    """The faults ordered so far (thread-safe)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Order a fault; returned for its ``seen`` count."""
        with self._lock:
            self._ordered.append(fault)
        return fault

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._ordered.clear()

    def striking(self, path: str) -> list[Fault]:
        """The faults this request suffers."""
        with self._lock:
            return [fault for fault in self._ordered if fault.strikes(path)]


def without(name: str) -> Mutation:
    """A mutation: the record lacks a member (of its ``response``, where Typeform nests)."""

    def drop(record: dict[str, Any]) -> None:
        record.pop(name, None)

    return drop


def replaced(name: str, value: Any) -> Mutation:
    """A mutation: a member has another value, of whatever type."""

    def replace(record: dict[str, Any]) -> None:
        record[name] = value

    return replace
