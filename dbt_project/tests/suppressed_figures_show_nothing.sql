{% set k = var('suppression_k', 5) %}
{% for metric in [
    'metric_nps', 'metric_cost_per_hire', 'metric_referral_share',
    'metric_placement_retention', 'metric_hiring',
] %}
select
    metric,
    period,
    period_start,
    n,
    note
from {{ ref(metric) }}
where
    (
        is_suppressed
        and coalesce(value, numerator, denominator, ci_low, ci_high)
        is not null
    )
    or (not is_suppressed and n between 1 and {{ k }} - 1)
{{ 'union all' if not loop.last }}
{% endfor %}
