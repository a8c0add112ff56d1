-- Families in which a channel is withheld cannot be added up; the windows hold
-- their total all the same, and are looked at as well.
with

families as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        basis,
        timing,
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
        bool_or(is_suppressed) as has_suppressed,
        count(*) as figures

    from {{ ref('metric_cost_per_hire') }}

    group by tenant_id, metric, period, period_start, basis, timing

),

windows as (

    select
        tenant_id,
        period,
        period_start,
        timing,
        sum(
            case
                when channel = 'all' then -external_loaded - internal_loaded
                else external_loaded + internal_loaded
            end
        ) as lost_cost,
        sum(
            case
                when channel = 'all' then -refunds - replacement_work
                else refunds + replacement_work
            end
        ) as lost_losses,
        sum(
            case when channel = 'all' then -gross_hires else gross_hires end
        ) as lost_hires

    from {{ ref('cost_per_hire_windows') }}

    group by tenant_id, period, period_start, timing

)

select
    tenant_id,
    metric,
    period,
    period_start,
    channels_cost - total_cost as lost
from families
where not has_suppressed and figures > 1 and channels_cost <> total_cost

union all

select
    tenant_id,
    'windows' as metric,
    period,
    period_start,
    lost_cost as lost
from windows
where lost_cost <> 0 or lost_losses <> 0 or abs(lost_hires) > 0.0001
