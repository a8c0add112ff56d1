"""What an alert may repeat of an answer: words that say nothing about the person."""

import re

from ingestion.vendor import Opinion

_AUDIENCES = ("candidate", "client")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")


def opinion(record_id: str, score: float, audience: str | None, trigger: str) -> Opinion | None:
    """The answer to an NPS question; None when the score is none of 0 to 10."""
    if score not in range(11):
        return None
    return Opinion(
        record_id,
        int(score),
        audience if audience in _AUDIENCES else "unknown",
        # Anybody may have written it: hidden fields are parts of an address.
        trigger if _WORD.fullmatch(trigger) else "unknown",
    )
