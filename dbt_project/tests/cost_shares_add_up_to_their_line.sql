select
    cost_line_id,
    line_amount,
    sum(amount) as shared_amount
from {{ ref('fct_costs') }}
group by cost_line_id, line_amount
having
    sum(amount) <> line_amount
    or max(driver_total) <> sum(driver_events)
