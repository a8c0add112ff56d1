{% for metric, unbounded in [
    ('metric_cost_per_hire', true), ('metric_referral_share', false),
    ('metric_channel_credit', true), ('metric_evidence_conflicts', false),
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
    {% if unbounded -%}
    and metric <> 'cost_per_hire_difference'
    {%- endif %}
    and (
        (denominator {{ '<' if unbounded }}= 0) <> (value is null)
        or abs(
            value
            {%- if unbounded %} / case
                when metric = 'recruiting_cost_ratio' then 1e2 else 1e0
            end {% endif %} - numerator / nullif(denominator, 0e0)
        ) > 1e-6
        or ci_low > ci_high
        {% if not unbounded -%}
        or value not between 0 and 1
        or share_low > share_high
        {%- endif %}
    )
{{ 'union all' if not loop.last }}
{% endfor %}
