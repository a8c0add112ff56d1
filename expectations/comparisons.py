"""What is reconciled: pairs of queries, one on landing, one on the candidate."""

from dataclasses import dataclass

from expectations.landing_totals import PLACEMENTS, SCORED_ANSWERS, posted


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two queries giving (label, total); ``mart_query`` names marts and evidence models."""

    name: str
    mart: str
    landing_query: str
    mart_query: str
    evidence: str = ""


# Net fee revenue also holds what contractors were paid; that is reconciled as payable.
RECEIVABLES = """
    select currency as label, sum(amount) as total
    from fct_revenue
    where document_type in ('invoice', 'credit_note')
    group by currency
"""

# Every posted payable line is a cost, a deduction from revenue, or stands with its reason among
# what is counted as neither; a line that is in none of the three is missed. A bounty that was
# never billed and an internal cost are costs without a document.
PAYABLES = """
    select currency as label, sum(amount) as total
    from (
        select currency, amount from fct_costs
        where document_type not in ('referral_fee', 'internal_cost')
        union all
        select currency, -amount from fct_revenue
        where document_type not in ('invoice', 'credit_note')
        union all
        select currency, amount from uncounted_costs
    )
    group by currency
"""

ANSWERS = """
    select
        case when form_id like '%:survey_answers' then 'files.survey_answers'
            when form_id like '%:own_answers' then 'own.answers'
            else 'typeform.responses' end as label,
        count(*) as total
    from fct_survey_responses
    where score is not null
    group by 1
"""

COMPARISONS = (
    Comparison(
        "posted_receivables",
        "fct_revenue",
        posted(plus=("ACCREC",), minus=("ACCRECCREDIT",)),
        RECEIVABLES,
    ),
    Comparison(
        "posted_payables",
        "fct_costs",
        posted(plus=("ACCPAY", "SPEND"), minus=("ACCPAYCREDIT",)),
        PAYABLES,
        evidence="uncounted_costs",
    ),
    Comparison(
        "placements",
        "fct_placements",
        PLACEMENTS,
        "select 'placements' as label, count(*) as total from fct_placements",
    ),
    Comparison("scored_answers", "fct_survey_responses", SCORED_ANSWERS, ANSWERS),
)
