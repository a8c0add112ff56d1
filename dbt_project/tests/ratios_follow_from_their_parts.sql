{% for metric, unbounded in [
    ('metric_cost_per_hire', true), ('metric_referral_share', false),
    ('metric_channel_credit', true),
] %}
select
    metric,
    period,
    period_start,
    value,
    numerator,
    denominator
from {{ ref(metric) }}
where
    not is_suppressed
    and (
        (denominator = 0) <> (value is null)
        or abs(value - numerator / nullif(denominator, 0e0)) > 1e-6
        or ci_low > ci_high
        {% if not unbounded -%}
        or value not between 0 and 1
        or share_low > share_high
        {%- endif %}
    )
{{ 'union all' if not loop.last }}
{% endfor %}
