"""``vouch inbox``: what waits and what was put aside, offered again or landed again."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.table import Table

from ingestion.backlog import consumer
from ingestion.inbox import Inbox, InboxUnavailable, Quarantined
from ingestion.put_aside import Offered, offer_again
from orchestration import home, settings
from orchestration.consoles import AsJson, Wait, err, out
from orchestration.exit_codes import OTHER
from orchestration.instants import instant
from orchestration.settings import Settings
from orchestration.waiting import RUNS

inbox_app = typer.Typer(
    help="Look into the inbox: what waits, what was put aside; offer or land it again.",
    no_args_is_help=True,
)

OfSource = Annotated[
    str | None, typer.Option("--source", help="Only of this account of vouch.toml.")
]
OfReason = Annotated[
    str | None,
    typer.Option("--reason", help="Only with this reason, its first words: 'record unknown'."),
]


@inbox_app.command("list")
def list_inbox(source: OfSource = None, reason: OfReason = None, as_json: AsJson = False) -> None:
    """Show per account how much waits to be landed, and every delivery that was put aside.

    Put aside is what was signed rightly and could not be used, with its bytes and the reason.
    `record unknown` may be offered again when the record is there, `key_failed` and `failed` when
    the vendor's module is mended: `vouch inbox retry`. Never shows a body: `vouch inbox show`.
    """
    found = settings.load()
    with _opened(found) as inbox:
        sources = [_standing(inbox, account.name) for account in found.accounts]
        aside = _chosen(inbox, source, reason)
    if as_json:
        _print({"sources": sources, "put_aside": [_told(each) for each in aside]})
        return
    for each in sources:
        out.print(
            f"{each['source']}: landed through {each['position']}, {each['waiting']} wait",
            highlight=False,
        )
    if not aside:
        out.print("Nothing was put aside.")
        return
    table = Table("number", "source", "received", "key", "bytes", "reason")
    for told in map(_told, aside):
        table.add_row(*(str(value) for value in told.values()))
    out.print(table)
    out.print("Look at one: vouch inbox show NUMBER. Offer it again: vouch inbox retry NUMBER.")


@inbox_app.command()
def show(number: Annotated[int, typer.Argument(help="From `vouch inbox list`.")]) -> None:
    """Write the bytes of one delivery that was put aside to standard output, as they came.

    They may hold names, addresses and comments.
    """
    with _opened(settings.load()) as inbox:
        found = [each for each in inbox.quarantined() if each.number == number]
    if not found:
        _refuse(f"Nothing is put aside under {number}; `vouch inbox list` shows what is.")
    sys.stdout.buffer.write(found[0].body)


@inbox_app.command()
def retry(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="From `vouch inbox list`; or choose by options.")
    ] = None,
    source: OfSource = None,
    reason: OfReason = None,
    as_json: AsJson = False,
) -> None:
    """Offer again what was put aside: as a new event, which the next run lands.

    Choose by number, or all with a reason or of a source. `offered` is an event now; `repeated`
    had come in another delivery meanwhile; `kept` cannot be used still, and stays. What landing
    cannot use is put aside again, under a new number.
    """
    if not numbers and source is None and reason is None:
        _refuse("Say which: numbers from `vouch inbox list`, or --source or --reason.")
    found = settings.load()
    vendors = {account.name: account.vendor for account in found.accounts}
    offered = []
    with _opened(found) as inbox:
        aside = _chosen(inbox, source, reason)
        if numbers and (missing := set(numbers) - {each.number for each in aside}):
            _refuse(f"Nothing is put aside under {', '.join(map(str, sorted(missing)))}.")
        for each in aside:
            if numbers and each.number not in numbers:
                continue
            if each.source in vendors:
                deep = found.receiver.max_depth
                offered.append(offer_again(inbox, each, vendors[each.source], deep))
            else:
                offered.append(Offered(each.number or 0, each.source, "kept", "unknown source"))
    if as_json:
        _print([{name: getattr(each, name) for name in Offered.__slots__} for each in offered])
        return
    for one in offered:
        why = f": {one.reason}" if one.reason else ""
        out.print(f"{one.number} of {one.source}: {one.outcome}{why}", highlight=False)
    counts = Counter(one.outcome for one in offered)
    out.print(", ".join(f"{count} {name}" for name, count in counts.items()) or "Nothing to offer.")


@inbox_app.command()
def replay(
    source: Annotated[str, typer.Argument(help="An account of vouch.toml.")],
    sequence: Annotated[
        int | None, typer.Option("--from", help="Sequence of the first event to land again.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="DAY|INSTANT", help="Or: when it arrived (UTC)."),
    ] = None,
    wait: Wait = 0.0,
    as_json: AsJson = False,
) -> None:
    """Land an account's events again, from one of them on.

    Changes nothing where the same has landed before: the newest version of a record counts. Of
    use when landing was lost or a vendor's module was mended. Only goes back: what would be left
    out by going forward would be missed. The next run does it.
    """
    found = settings.load()
    if source not in {account.name for account in found.accounts}:
        _refuse(f"{found.config} has no [sources.{source}].")
    if (sequence is None) == (since is None):
        _refuse("Say from where: either --from SEQUENCE or --since INSTANT.")
    # A run that lands at the moment would set the position again at its end.
    with home.held(found.home, "vouch inbox replay", wait), _opened(found) as inbox:
        first = inbox.first_since(source, since) if since is not None else sequence
        position = inbox.position(consumer(source))
        if first is None or first > position:
            _refuse(f"{source} has landed through {position}; there is nothing to land again.")
        goes_to = max(first, 1) - 1
        inbox.advance(consumer(source), goes_to)
        # Whoever starts runs looks at this one.
        inbox.advance(RUNS, min(goes_to, inbox.position(RUNS)))
        waiting = inbox.depth(consumer(source), source)
    if as_json:
        _print({"source": source, "from": goes_to + 1, "was": position, "waiting": waiting})
        return
    out.print(
        f"{source}: {waiting} events from {goes_to + 1} on will be landed again by the next run.",
        highlight=False,
    )


def _standing(inbox: Inbox, source: str) -> dict[str, Any]:
    position = inbox.position(consumer(source))
    return {
        "source": source,
        "position": position,
        "waiting": inbox.depth(consumer(source), source),
    }


def _chosen(inbox: Inbox, source: str | None, reason: str | None) -> list[Quarantined]:
    return [
        each
        for each in inbox.quarantined()
        if source in (None, each.source) and (reason is None or each.reason.startswith(reason))
    ]


def _told(aside: Quarantined) -> dict[str, Any]:
    return {
        "number": aside.number,
        "source": aside.source,
        "received_at": aside.received_at.isoformat(timespec="seconds"),
        "key": aside.key or "",
        "bytes": len(aside.body),
        "reason": aside.reason,
    }


def _print(document: Any) -> None:
    out.print(json.dumps(document, indent=1), highlight=False, markup=False)


def _refuse(message: str) -> NoReturn:
    err.print(message, style="red", highlight=False, markup=False)
    raise typer.Exit(OTHER)


@contextmanager
def _opened(found: Settings) -> Iterator[Inbox]:
    try:
        inbox = Inbox.open(found.inbox_url)
        try:
            yield inbox
        finally:
            inbox.close()
    except InboxUnavailable as error:
        _refuse(str(error))
