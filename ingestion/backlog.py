"""How much of the inbox waits to be landed."""

from collections.abc import Iterable

from ingestion.inbox import Inbox


def consumer(source: str) -> str:
    """The name under which the landing of an account's events keeps its place in the inbox."""
    return f"landing:{source}"


def backlog(inbox: Inbox, sources: Iterable[str]) -> dict[str, int]:
    """Events that were not yet landed, by source. Raises ``InboxUnavailable``."""
    return {source: inbox.depth(consumer(source), source) for source in sources}
