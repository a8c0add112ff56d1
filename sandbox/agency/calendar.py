"""The agency's span of time and the vendors' ways to write an instant. Never the clock."""

from datetime import UTC, date, datetime, timedelta

SPAN_START = datetime(2024, 1, 1, tzinfo=UTC)
SPAN_END = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)


def epoch_ms(moment: datetime) -> int:
    """Bullhorn's instant: milliseconds since 1970."""
    return int(moment.timestamp()) * 1000


def capped(moment: datetime) -> datetime:
    """The moment, or the end of the span if that is earlier."""
    return min(moment, SPAN_END)


def after(moment: datetime, days: float) -> datetime:
    """The moment so many days later."""
    return moment + timedelta(days=days)


def midnight(moment: datetime) -> datetime:
    """Start of the moment's UTC day: what Bullhorn stores for a date."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def months(first: datetime, last: datetime) -> list[date]:
    """First days of the months from ``first``'s to ``last``'s, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return [date((start + i) // 12, (start + i) % 12 + 1, 1) for i in range(count)]


def at_noon(day: date) -> datetime:
    """The day's noon, UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
