"""What clients are billed: fees, contract months, and credit notes when a hire falls off."""

from datetime import datetime
from decimal import Decimal

from sandbox.agency.books import Document, cents
from sandbox.agency.calendar import SPAN_END, after, at_noon, months
from sandbox.agency.clerk import Clerk, Terms
from sandbox.agency.events import Placement
from sandbox.agency.world import World


def bill_placements(clerk: Clerk, world: World) -> None:
    """All invoices and credit notes of all placements."""
    for placement in world.placements:
        if placement.status == "Canceled":
            if clerk.dice.chance(0.5):
                _fee(clerk, world, placement, "VOIDED")
        elif placement.begins > SPAN_END:
            continue
        elif placement.is_contract:
            _contract(clerk, placement)
        else:
            _permanent(clerk, world, placement)


def _permanent(clerk: Clerk, world: World, placement: Placement) -> None:
    if clerk.dice.chance(0.05):
        _fee(clerk, world, placement, "VOIDED")
    if clerk.dice.chance(0.02):
        _fee(clerk, world, placement, "DELETED")
    is_fresh = placement.begins > after(SPAN_END, -8)
    invoice = _fee(clerk, world, placement, "DRAFT" if is_fresh else None)
    if placement.is_fall_off and placement.ends and invoice.is_posted:
        _reverse(clerk, world, placement, invoice, placement.ends)


def _fee(clerk: Clerk, world: World, placement: Placement, status: str | None) -> Document:
    job = placement.submission.job
    issued = min(after(placement.begins, clerk.dice.between(0, 5)), SPAN_END)
    fee = Decimal(str(placement.salary)) * Decimal(str(placement.fee))
    is_inclusive = job.client.currency == "GBP" and clerk.dice.chance(0.12)
    lines = [clerk.line(f"Placement fee: {job.title}", fee, "200")]
    if clerk.dice.chance(0.08):
        third = cents(fee / 3)
        lines = [
            clerk.line(f"Retainer: {job.title}", third, "200"),
            clerk.line(f"Completion: {job.title}", cents(fee) - third, "200"),
        ]
    invoice = clerk.write(
        "ACCREC",
        clerk.customer(job.client),
        issued,
        lines,
        Terms(f"PL-{placement.id}", status, "Inclusive" if is_inclusive else None),
    )
    invoice.shows_lines = len(lines) > 1 or not clerk.dice.chance(0.03)
    if not invoice.is_posted:
        world.remark(f"{invoice.status.lower()}_invoice", f"xero.invoices:{invoice.id}")
    return invoice


def _reverse(
    clerk: Clerk, world: World, placement: Placement, invoice: Document, ends: datetime
) -> None:
    """In full within the first days, then pro rata of the guarantee that was left."""
    stayed = (ends - placement.begins).days
    left = Decimal(placement.guarantee_days - stayed) / Decimal(placement.guarantee_days)
    share = Decimal(1) if stayed <= placement.prorated_days else left
    issued = after(ends, clerk.dice.between(7, 35))
    if issued > SPAN_END or share <= 0:
        return
    line = clerk.line("Guarantee: replacement not found", cents(invoice.net * share), "200")
    note = clerk.credit("ACCRECCREDIT", invoice, issued, line)
    world.remark("fall_off_credit_note", f"xero.credit_notes:{note.id}")
    if clerk.dice.chance(0.1):
        again = clerk.line("Entered twice", line.net, "200")
        void = clerk.credit("ACCRECCREDIT", invoice, issued, again, "VOIDED")
        world.remark("voided_credit_note", f"xero.credit_notes:{void.id}")


def _contract(clerk: Clerk, placement: Placement) -> None:
    job = placement.submission.job
    candidate = placement.submission.candidate
    customer = clerk.customer(job.client)
    contractor = clerk.supplier(f"Contractor {candidate.id} Ltd", job.client.currency)
    assert placement.pay_rate is not None and placement.bill_rate is not None
    last = min(placement.ends or SPAN_END, SPAN_END)
    for first_day in months(placement.begins, last):
        issued = after(at_noon(first_day), 27)
        if issued > SPAN_END:
            return
        hours = Decimal(clerk.dice.between(120, 168))
        label = f"{job.title}, {first_day:%B %Y}"
        terms = Terms(f"PL-{placement.id}")
        billed = hours * Decimal(str(placement.bill_rate))
        paid = hours * Decimal(str(placement.pay_rate))
        invoice = clerk.line(label, billed, "201", quantity=hours)
        clerk.write("ACCREC", customer, issued, [invoice], terms)
        bill = clerk.line(label, paid, "310", quantity=hours)
        clerk.write("ACCPAY", contractor, issued, [bill], terms)
