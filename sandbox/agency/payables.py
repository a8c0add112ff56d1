"""What recruiting costs: tracked spend of each channel, shared spend, bounties and credits."""

from decimal import Decimal

from sandbox.agency.books import BankTransaction, Document, cents
from sandbox.agency.calendar import SPAN_END, SPAN_START, after, at_noon, months
from sandbox.agency.clerk import Clerk, Terms
from sandbox.agency.events import Placement
from sandbox.agency.plan import COST_PER_HIRE, COST_UNPLANTED, REFERRAL_BOUNTY, AgencyPlan
from sandbox.agency.world import World

# channel -> (account, suppliers, one bill in so many months)
TRACKED: dict[str, tuple[str, tuple[str, ...], int]] = {
    "job_board": ("400", ("Indeed UK Ops", "Totaljobs Group"), 1),
    "linkedin": ("404", ("LinkedIn Ireland",), 1),
    "advert": ("401", ("Google Ireland",), 2),
    "event": ("420", ("Olympia Events",), 3),
    "partner_agency": ("404", ("Northside Search Partners",), 3),
    "careers_site": ("401", ("Pagecraft Studio",), 3),
}
# description, supplier, account, usual amount, one bill in so many months
SHARED: tuple[tuple[str, str, str, int, int], ...] = (
    ("ATS licences", "Bullhorn International", "405", 1320, 1),
    ("Sourcing seats", "SourceWhale", "404", 640, 1),
    ("Background checks", "Checkwise", "408", 410, 2),
    ("Client visits", "Trainline", "416", 260, 3),
    ("Office rent", "Holborn Offices", "429", 5200, 1),
    ("Relocation support", "Movewell", "424", 1500, 8),
    ("Sundry", "Paperclip Supplies", "499", 45, 7),
)
SUPPLIER_CREDIT = Decimal("180.00")


def hires_by_channel(world: World) -> dict[str, int]:
    """Placements that started, by the candidate's true channel."""
    hires: dict[str, int] = {}
    for placement in world.placements:
        if placement.has_started:
            channel = placement.submission.candidate.channel
            hires[channel] = hires.get(channel, 0) + 1
    return hires


def buy(clerk: Clerk, world: World, plan: AgencyPlan) -> None:
    """All bills, supplier credits and card spend of the agency."""
    if plan.effects.referred_hires_cost_less:
        for channel, hires in hires_by_channel(world).items():
            if channel in TRACKED:
                _tracked(clerk, world, channel, Decimal(COST_PER_HIRE[channel] * hires))
        _bounties(clerk, world)
    else:
        _alike(clerk, world)
    _shared(clerk, world)
    _cards(clerk)


def _tracked(clerk: Clerk, world: World, channel: str, total: Decimal) -> None:
    """Bills that add up to the total, net of a supplier credit, to the cent."""
    account, suppliers, every = TRACKED[channel]
    days = [at_noon(first) for first in months(SPAN_START, SPAN_END)][::every]
    has_credit = channel in ("job_board", "advert")
    left = total + (SUPPLIER_CREDIT if has_credit else 0)
    weights = [Decimal(clerk.dice.between(60, 140)) for _ in days]
    share = left / sum(weights)
    bill: Document | None = None
    for number, day in enumerate(days):
        is_last = number == len(days) - 1
        amount = left if is_last else cents(share * weights[number])
        left -= amount
        supplier = clerk.supplier(suppliers[number % len(suppliers)])
        lines = [clerk.line(f"{channel} {day:%B %Y}", amount, account, channel)]
        if number % 9 == 4:
            # One bill for two purposes: only the first line belongs to the channel.
            lines.append(clerk.line("Employer branding, all channels", 150, "401"))
        bill = clerk.write("ACCPAY", supplier, after(day, 3), lines)
    if has_credit and bill is not None:
        line = clerk.line("Unused credits", SUPPLIER_CREDIT, account, channel)
        note = clerk.credit("ACCPAYCREDIT", bill, after(bill.issued, 12), line)
        world.remark("supplier_credit", f"xero.credit_notes:{note.id}")


def _alike(clerk: Clerk, world: World) -> None:
    """Every hire costs about the same, by chance more or less, whatever its channel."""
    for placement in world.placements:
        channel = placement.submission.candidate.channel
        if not placement.has_started:
            continue
        if channel == "referral":
            _bounty(clerk, placement)
            continue
        # Nobody books spend on a channel that is not known.
        booked = channel if channel != "unknown" else "direct"
        account, suppliers, _ = TRACKED.get(channel, ("404", ("Northside Data",), 1))
        amount = cents(Decimal(COST_UNPLANTED) * clerk.dice.between(60, 140) / 100)
        line = clerk.line(f"{booked} hire", amount, account, booked)
        clerk.write("ACCPAY", clerk.supplier(suppliers[0]), placement.begins, [line])


def _shared(clerk: Clerk, world: World) -> None:
    for description, supplier, account, usual, every in SHARED:
        for first in months(SPAN_START, SPAN_END)[::every]:
            amount = cents(Decimal(usual) * clerk.dice.between(85, 115) / 100)
            lines = [clerk.line(f"{description} {first:%B %Y}", amount, account)]
            issued = after(at_noon(first), clerk.dice.between(0, 20))
            status = clerk.dice.weighted((None, "DRAFT", "DELETED"), (0.96, 0.02, 0.02))
            bill = clerk.write(
                "ACCPAY", clerk.supplier(supplier), issued, lines, Terms(status=status)
            )
            bill.shows_lines = not (account == "429" and clerk.dice.chance(0.1))
            if account == "499":
                world.remark("unmapped_account", f"xero.invoices:{bill.id}")


def _bounties(clerk: Clerk, world: World) -> None:
    for placement in world.placements:
        if placement.has_bounty_bill and placement.has_started:
            _bounty(clerk, placement)


def _bounty(clerk: Clerk, placement: Placement) -> None:
    payee = clerk.supplier(f"Referrer {placement.submission.candidate.referrer_id}")
    line = clerk.line("Referral bonus", REFERRAL_BOUNTY, "412", "referral")
    issued = after(placement.begins, 2)
    if issued <= SPAN_END:
        clerk.write("ACCPAY", payee, issued, [line], Terms(f"PL-{placement.id}", None, "NoTax"))


def _cards(clerk: Clerk) -> None:
    for first in months(SPAN_START, SPAN_END):
        for account, name, usual in (("416", "Trainline", 90), ("404", "Lusha", 55)):
            amount = cents(Decimal(usual) * clerk.dice.between(70, 130) / 100)
            clerk.books.bank.append(
                BankTransaction(
                    id=clerk.dice.guid(),
                    type="SPEND",
                    party=clerk.supplier(name),
                    day=after(at_noon(first), clerk.dice.between(0, 25)),
                    lines=[clerk.line(name, amount, account)],
                    status="DELETED" if clerk.dice.chance(0.05) else "AUTHORISED",
                )
            )
    interest = clerk.line("Interest", 12.5, "270")
    bank = clerk.supplier("High Street Bank")
    day = after(SPAN_START, 400)
    clerk.books.bank.append(BankTransaction(clerk.dice.guid(), "RECEIVE", bank, day, [interest]))
