"""How vendors sign what they push; verified on the raw body before all else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed besides the body: the instant of sending, where the scheme has one."""

    timestamp: datetime | None


class SignatureError(Exception):
    """The body is not from who it says; ``reason`` is a word that can be counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scheme(Protocol):
    """One vendor's way of signing."""

    name: str

    def verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> Signed:
        """Raises ``SignatureError`` unless one of the secrets signed exactly this body."""

    def sign(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        """The headers the vendor would send with this body."""
