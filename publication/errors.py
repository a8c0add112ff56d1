"""What can go wrong with candidates and releases; each message says what to do."""

from collections.abc import Sequence


class PublicationError(Exception):
    """Base of this package's errors."""


class MartDeclarationError(PublicationError):
    """A public mart's declaration in dbt cannot be used."""


class CandidateError(PublicationError):
    """A candidate could not be built or read."""


class PublicationRefused(PublicationError):
    """The gate forbids it. ``reasons`` name each cause; nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        listed = "; ".join(self.reasons[:10])
        more = f"; and {len(self.reasons) - 10} more" if len(self.reasons) > 10 else ""
        super().__init__(f"publication refused: {listed}{more}")


class LedgerDamaged(PublicationError):
    """The ledger does not hold together; ``vouch verify`` says where."""


class UnknownRelease(PublicationError):
    """There is no such release, or it was pruned."""


class NoCurrentRelease(PublicationError):
    """Nothing has been published yet."""


class UnknownRow(PublicationError):
    """The release holds no such mart, or the mart no such row."""


class ServingFailed(PublicationError):
    """A serving target does not show the current release; what it showed before, it still shows."""
