"""How an agency goes on living while it is served."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Disturbance:
    """What goes wrong with webhooks on their way: shares of them, 0 to 1.

    ``lost`` never arrive, ``twice`` arrive twice, ``late`` arrive up to ``late_seconds`` later
    than they should, and so after what happened after them.
    """

    lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    late_seconds: float = 5.0


@dataclass(frozen=True)
class Living:
    """Who is told of what happens, and how much of it there is.

    Args:
        receiver: whom webhooks are sent to (``http://127.0.0.1:8790``); None for nobody.
        per_minute: what happens by itself, on average; 0 for nothing.
        seed: of chance.
        disturbance: what goes wrong with webhooks.
        clock: the instant at which things happen.
        secrets: what webhooks are signed with, by account; as in the shipped ``vouch.toml``.
        begin_with: nothing happens by itself before there is this file; None for at once.
    """

    receiver: str | None = None
    per_minute: float = 0.0
    seed: int = 7
    disturbance: Disturbance = field(default_factory=Disturbance)
    clock: Callable[[], datetime] = _now
    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "typeform": "sandbox-typeform-webhook",
            "xero": "sandbox-xero-webhook",
        }
    )
    begin_with: Path | None = None
