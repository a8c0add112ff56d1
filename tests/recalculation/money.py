"""Document lines in the reporting currency, and what of them is net fee revenue."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import pandas as pd

from tests.recalculation.frames import Records, seed

REPORTING_CURRENCY = "GBP"
OLDEST_RATE_DAYS = 31


def converted(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with ``reporting_amount``: at the newest rate of at most 31 days before the document.

    Null where there is none; rounded to the ten-thousandth, as money is kept.
    """
    rates = seed("fx_rates").astype({"valid_from": "datetime64[us]"})
    rates = rates[rates["reporting_currency"] == REPORTING_CURRENCY]
    dated = lines.assign(
        document_date=lines["document_date"].astype("datetime64[us]"),
        currency=lines["currency"].astype(str),
    ).sort_values("document_date", kind="stable")
    rated = pd.merge_asof(
        dated,
        rates[["currency", "valid_from", "rate_to_reporting"]].sort_values("valid_from"),
        left_on="document_date",
        right_on="valid_from",
        by="currency",
        tolerance=pd.Timedelta(days=OLDEST_RATE_DAYS),
    )
    rated.loc[rated["currency"] == REPORTING_CURRENCY, "rate_to_reporting"] = "1"
    amounts = [
        _rounded(amount, rate)
        for amount, rate in zip(rated["amount"], rated["rate_to_reporting"], strict=True)
    ]
    return rated.assign(reporting_amount=amounts)


def _rounded(amount: float, rate: str | float) -> float:
    if pd.isna(rate) or pd.isna(amount):
        return np.nan
    exact = Decimal(repr(round(amount, 4))) * Decimal(rate)
    return float(exact.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def cost_categories(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with what cost_category_map says of their account; unmapped where it knows none."""
    known = seed("cost_category_map")
    for flag in ("is_recruiting_cost", "is_internal", "is_comparable"):
        known[flag] = known[flag] == "true"
    system = lines["source_entity"].str.split(".").str[0]
    known = known.rename(columns={"source_system": "system"})
    placed = lines.assign(system=system).merge(known, on=["system", "account_code"], how="left")
    return placed.assign(cost_category=placed["cost_category"].fillna("unmapped"))


@cache
def revenue(records: Records) -> pd.DataFrame:
    """Posted lines of net fee revenue: invoices, credit notes, contractors' pay and refunds.

    A refund that pays out what credit notes of the placement still owe is in those already.
    """
    columns = ["line_id", "company_id", "placement_id", "document_type", "account_code"]
    invoiced = records.table("int_invoice_lines").rename(columns={"invoice_line_id": "line_id"})
    spent = cost_categories(records.table("int_vendor_costs"))
    spent = spent[spent["cost_category"].isin(["contractor_pay", "revenue_refund"])]
    clients = records.table("int_placements").set_index("placement_id")["company_id"]
    spent = spent.assign(
        line_id=spent["vendor_cost_id"],
        document_type=spent["cost_category"],
        company_id=spent["placement_id"].map(clients),
        amount=-spent["amount"],
    )
    spent = spent[~spent["line_id"].isin(paid_out_credit(records))]
    money = [*columns, "document_id", "currency", "amount", "is_posted", "document_date"]
    lines = pd.concat([invoiced[money], spent[money]], ignore_index=True)
    lines = lines[lines["is_posted"] & (lines["document_date"] <= records.as_of)]
    started = records.table("int_placements").set_index("placement_id")["is_started"]
    is_started = lines["placement_id"].map(started).eq(True)
    return converted(lines.assign(is_started_placement=is_started))


def paid_out_credit(records: Records) -> set[str]:
    """Refund lines that credit notes of their placement have deducted already."""
    notes, payments = records.table("int_credit_notes"), records.table("int_payments")
    paid = payments[payments["is_posted"] & payments["is_refund"]]
    paid_by_note = paid.groupby("credit_note_id")["amount"].sum()
    notes = notes[notes["is_posted"]].assign(
        owed=lambda n: (
            n["total_amount"]
            - n["allocated_amount"].fillna(0)
            - n["credit_note_id"].map(paid_by_note).fillna(0)
        )
    )
    owed = notes.groupby(["placement_id", "currency"])["owed"].sum()
    refunds = cost_categories(records.table("int_vendor_costs"))
    refunds = refunds[refunds["is_posted"] & (refunds["cost_category"] == "revenue_refund")]
    refunds = refunds.sort_values(["document_date", "vendor_cost_id"])
    gross = refunds["amount"] + refunds["tax_amount"].fillna(0)
    running = gross.groupby([refunds["placement_id"], refunds["currency"]]).cumsum()
    limits = pd.MultiIndex.from_frame(refunds[["placement_id", "currency"]]).map(owed)
    return set(refunds.loc[running.to_numpy() <= np.asarray(limits, dtype=float), "vendor_cost_id"])
