{% set k = var('suppression_k') %}
{% for metric in [
    'metric_channel_credit',
    'metric_client_retention',
    'metric_cost_per_hire',
    'metric_drivers',
    'metric_earned_growth',
    'metric_evidence_conflicts',
    'metric_hiring',
    'metric_nps',
    'metric_placement_retention',
    'metric_recruiters',
    'metric_referral_share',
    'metric_slates',
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
