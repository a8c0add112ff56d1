"""Days and instants as they are typed."""

from datetime import UTC, datetime, time

import typer


def instant(text: str) -> datetime:
    """A day means its beginning; an instant without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text} is neither a day (2026-10-31) nor an instant (2026-10-31T18:00:00Z)"
        ) from error
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Like ``instant``, but a day means its end."""
    found = instant(text)
    return datetime.combine(found, time.max, UTC) if len(text) == len("2026-10-31") else found
