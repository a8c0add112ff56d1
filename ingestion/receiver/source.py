"""A source that may push: one account, how its vendor signs, and with what."""

from dataclasses import dataclass

from ingestion.vendor import Webhook


@dataclass(frozen=True, slots=True)
class Source:
    """``name`` is the account's in ``vouch.toml``; any one of the secrets verifies."""

    name: str
    webhook: Webhook
    secrets: tuple[str, ...]

    def check(self) -> None:
        """Raises ``ValueError`` when a secret cannot be one of this vendor's, or is too short."""
        for secret in self.secrets:
            self.webhook.scheme.check(secret)
