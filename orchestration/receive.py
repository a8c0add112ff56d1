"""``vouch receive``: the receiver over the accounts of ``vouch.toml``, in a process of its own.

Knows no Dagster: the process is up in about two seconds and stays small.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address

from ingestion.inbox import Inbox
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
    found = {
        account.name: Source(account.name, account.vendor.webhook, account.webhook_secrets)
        for account in settings.accounts
        if account.vendor.webhook is not None
    }
    for name, source in found.items():
        where = f"{settings.config}: [sources.{name}] webhook_secrets"
        try:
            source.check(_now())
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error
        if any(secret.startswith(_SHIPPED) for secret in source.secrets) and not _is_loopback(host):
            raise SettingsError(
                f"{where}: the sandbox's secret is known to everybody; give a secret of your own, "
                f"or listen on 127.0.0.1 instead of {host}"
            )
    return found


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
