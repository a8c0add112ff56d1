"""``vouch receive``: the receiver over the accounts of ``vouch.toml``, in a process of its own.

Knows no Dagster: the process is up in about two seconds and stays small.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlparse

from ingestion.inbox import Inbox
from ingestion.pull import Account
from ingestion.pulse import Pulse
from ingestion.receiver import Limits, Source, receiver
from ingestion.receiver.server import listening, serve
from orchestration.listening import listening_besides
from orchestration.settings import Settings, SettingsError

_SHIPPED = "sandbox-"


def receive(settings: Settings, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until told to end.

    Args:
        settings: accounts, inbox and limits.
        host: address to listen on.
        port: 0 takes a free one.
        tell: is given each line of what the operator should know.

    Raises:
        SettingsError: a secret cannot be used.
        InboxUnavailable: the inbox cannot be opened.
        CannotListen: the address is taken.
    """
    sources = _sources(settings, host)
    pulse = Pulse(each.name for each in settings.accounts if each.vendor.feed is not None)
    inbox = Inbox.open(settings.inbox_url)
    try:
        on = listening(host, port)
        logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
        address = f"http://{host}:{on.getsockname()[1]}"
        with listening_besides(settings, _now, pulse):
            serve(
                receiver(sources, inbox, _limits(settings), _now, pulse),
                on,
                lambda: _introduce(sources, address, tell),
            )
    finally:
        inbox.close()


def _introduce(sources: dict[str, Source], address: str, tell: Callable[[str], None]) -> None:
    tell(f"receiving at {address}")
    for name, source in sources.items():
        if source.secrets:
            tell(
                f"  {name}: POST {address}/webhooks/{name}, signed as {source.webhook.scheme.name}"
                f" does, {len(source.secrets)} secret{'s' * (len(source.secrets) > 1)}"
            )
        else:
            tell(f"  {name}: answers 403 until [sources.{name}] has webhook_secrets")
    if not sources:
        tell("  no account of vouch.toml has a vendor that pushes; everything answers 404")


def _sources(settings: Settings, host: str) -> dict[str, Source]:
    """Raises ``SettingsError`` for a secret that would let others in."""
    found: dict[str, Source] = {}
    owners: dict[str, str] = {}
    for account in settings.accounts:
        name, webhook = account.name, account.vendor.webhook
        if webhook is None:
            continue
        found[name] = Source(name, webhook, account.webhook_secrets)
        where = f"{settings.config}: [sources.{name}] webhook_secrets"
        try:
            found[name].check()
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error
        for secret in account.webhook_secrets:
            _require_own(account, secret, host, where)
            if owners.setdefault(secret, name) != name:
                raise SettingsError(
                    f"{where}: [sources.{owners[secret]}] has the same; what one of them is sent "
                    "would pass at the other. Give each a secret of its own."
                )
    return found


def _require_own(account: Account, secret: str, host: str, where: str) -> None:
    """The shipped secrets are for the sandbox on this machine, whatever stands before us."""
    url = urlparse(str(getattr(account.settings, "url", ""))).hostname or ""
    if secret.startswith(_SHIPPED) and not (_is_loopback(host) and _is_loopback(url)):
        raise SettingsError(
            f"{where}: the sandbox's secret is known to everybody, and is for a sandbox and a "
            f"receiver on this machine (here: {url or 'no url'}, {host}). "
            "Give a secret of your own."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _limits(settings: Settings) -> Limits:
    given = settings.receiver
    return Limits(
        max_body_bytes=given.max_body_bytes,
        max_depth=given.max_depth,
        requests_per_second=given.requests_per_second,
        max_backlog=given.max_backlog,
    )


def _now() -> datetime:
    return datetime.now(UTC)
