"""fct_client_months written anew."""

import numpy as np
import pandas as pd

from tests.recalculation.clients import YEAR, answers, clients, lines, opinions, window
from tests.recalculation.frames import Records, month

COLUMNS = (
    *("status", "attributed_channel", "referral_status", "nps_band_before", "understood_before"),
    *("net_fee_amount", "net_fee_amount_12m", "net_fee_amount_12m_before", "invoices"),
    *("invoices_12m", "invoices_12m_before", "unconverted_lines", "placements_started"),
    *("answers", "promoters", "detractors", "mean_score_before", "is_referred"),
    *("first_invoice_date", "first_invoice_month"),
)


def client_months(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant."""
    known = clients(records).set_index("company_id")
    starts = _starts(records)
    firsts = pd.concat([lines(records)[["company_id", "month"]], starts[["company_id", "month"]]])
    known["first_month"] = firsts.groupby("company_id")["month"].min()
    last = records.as_of.replace(day=1)
    months = pd.date_range(known["first_month"].min(), last, freq="MS")
    return pd.concat([_month(records, known, starts, start) for start in months]).reset_index()


def _month(
    records: Records, known: pd.DataFrame, starts: pd.DataFrame, start: pd.Timestamp
) -> pd.DataFrame:
    end = start + pd.DateOffset(months=1)
    own = known[known["first_month"] <= start].assign(month_start=start)
    now, year, before = (
        window(records, *dates).reindex(own.index)
        for dates in ((start, end), (end - YEAR, end), (end - 2 * YEAR, end - YEAR))
    )
    thought = opinions(records, start).reindex(own.index)
    placed = starts[starts["month"] == start].groupby("company_id").size()
    votes = _votes(records, start, end)
    own = own.assign(
        net_fee_amount=now["revenue"],
        invoices=now["invoices"],
        unconverted_lines=now["unconverted"],
        net_fee_amount_12m=year["revenue"],
        invoices_12m=year["invoices"],
        net_fee_amount_12m_before=before["revenue"],
        invoices_12m_before=before["invoices"],
        placements_started=placed.reindex(own.index, fill_value=0),
        nps_band_before=thought["nps_band"].fillna("no_answer"),
        understood_before=thought["understood"].fillna("no_answer"),
        mean_score_before=thought["mean_score"],
        is_referred=own["referral_status"] == "referred",
    )
    for name, counted in votes.items():
        own[name] = counted.reindex(own.index, fill_value=0)
    return own.assign(status=_status(own, start))


def _starts(records: Records) -> pd.DataFrame:
    top = records.table("int_companies").set_index("company_id")["top_company_id"]
    placed = records.table("int_placements").query("is_started")
    placed = placed.assign(company_id=placed["company_id"].map(top))
    placed = placed[placed["company_id"].isin(clients(records)["company_id"])]
    return placed.assign(month=month(placed["start_date"]).astype("datetime64[ns]"))


def _votes(records: Records, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, pd.Series]:
    """Relationship answers of the month: one per contact and survey, the latest."""
    told = answers(records)
    told = told[(told["submitted_at"] >= start) & (told["submitted_at"] < end)]
    told = told[told["score"].notna() & (told["survey_kind"] == "relationship")]
    told = told.groupby(["company_id", "respondent_key", "form_id"]).tail(1)
    company = told["company_id"]
    return {
        "answers": company.groupby(company).size(),
        "promoters": (told["score"] >= 9).groupby(company).sum(),
        "detractors": (told["score"] <= 6).groupby(company).sum(),
    }


def _status(own: pd.DataFrame, start: pd.Timestamp) -> np.ndarray:
    first, year_ago = own["first_invoice_month"], start - pd.DateOffset(months=11)
    is_now, was_before = own["invoices_12m"] > 0, own["invoices_12m_before"] > 0
    return np.select(
        [
            first > start,
            first >= year_ago,
            is_now & was_before,
            is_now,
            was_before,
        ],
        ["not_yet_invoiced", "new", "retained", "reactivated", "lapsed"],
        "gone",
    )
