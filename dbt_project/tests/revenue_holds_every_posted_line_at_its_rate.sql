select
    posted.invoice_line_id,
    revenue.revenue_line_id
from (
    select
        invoice_line_id,
        amount
    from {{ ref('int_invoice_lines') }}
    where is_posted
) as posted
full outer join (
    select *
    from {{ ref('fct_revenue') }}
    where document_type in ('invoice', 'credit_note')
) as revenue
    on posted.invoice_line_id = revenue.revenue_line_id
where
    posted.invoice_line_id is null
    or revenue.revenue_line_id is null
    or posted.amount <> revenue.amount
    or revenue.is_unconverted <> (revenue.reporting_amount is null)
    or revenue.reporting_amount <> cast(
        revenue.amount * revenue.rate_to_reporting as decimal(18, 4)
    )
