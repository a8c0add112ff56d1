"""The webhook receiver: what vendors push, verified, into the inbox. Understands no event."""

from ingestion.receiver.app import receiver
from ingestion.receiver.limits import Limits
from ingestion.receiver.source import Source

__all__ = ["Limits", "Source", "receiver"]
