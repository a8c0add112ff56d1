-- Families in which a channel is withheld cannot be added up; fct_costs holds
-- their total all the same.
with

families as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        basis,
        sum(
            case
                when channel <> 'all' then cast(numerator as decimal(18, 4))
                else 0
            end
        ) as channels_cost,
        sum(
            case
                when channel = 'all' then cast(numerator as decimal(18, 4))
                else 0
            end
        ) as total_cost,
        bool_or(is_suppressed) as has_suppressed

    from {{ ref('metric_cost_per_hire') }}

    group by tenant_id, metric, period, period_start, basis

)

select *
from families
where not has_suppressed and channels_cost <> total_cost
