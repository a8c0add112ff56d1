"""What was put aside, offered again: once a vendor's module is mended, or a record is there."""

from dataclasses import dataclass

from ingestion.event_key import Unusable, keyed, usable
from ingestion.inbox import Event, Inbox, Quarantined
from ingestion.signatures import Signed
from ingestion.strict_json import require_strict
from ingestion.vendor import Vendor, Webhook

# Of one that was offered before; its event stands in the inbox for good.
_AGAIN = "~retry"
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of it: ``offered`` is an event once more, ``repeated`` has come in another
    delivery, ``kept`` cannot be used still, ``reason`` says why.
    """

    number: int
    source: str
    outcome: str
    reason: str = ""


def offer_again(inbox: Inbox, aside: Quarantined, vendor: Vendor, max_depth: int) -> Offered:
    """Make it an event once more, and take it from what was put aside.

    Landing takes the event like a new one; what it cannot use it puts aside again.

    Args:
        inbox: where it is.
        aside: as ``Inbox.quarantined`` gave it.
        vendor: of its source.
        max_depth: how deep its objects and arrays may nest.

    Raises:
        InboxUnavailable: the inbox cannot be read or written.
    """
    assert aside.number is not None, "only what was read from the inbox has a number"
    try:
        event = Event(aside.source, _key(aside, vendor, max_depth), aside.received_at, aside.body)
    except Unusable as error:
        return Offered(aside.number, aside.source, "kept", error.reason)
    is_new = inbox.offer_again(aside.number, event)
    return Offered(aside.number, aside.source, "offered" if is_new else "repeated")


def _key(aside: Quarantined, vendor: Vendor, max_depth: int) -> str:
    """Raises ``Unusable``."""
    if aside.key is not None:
        # Its key is an event's already, which landing has passed.
        return f"{aside.key.split(_AGAIN)[0][:_LONGEST]}{_AGAIN}{aside.number}"
    events = vendor.events
    with keyed():
        require_strict(aside.body, max_depth)
        if events is None:
            raise ValueError("its vendor has no events")
        if isinstance(events, Webhook):
            # An id that stood in a header is not known any more.
            return usable(events.key_of(aside.body, Signed(None)))
        return usable(events.key(aside.body))
