with

spent as (

    select
        tenant_id,
        sum(reporting_amount) as loaded_cost,
        sum(
            case when allocation = 'direct' then reporting_amount else 0 end
        ) as direct_cost

    from {{ ref('fct_costs') }}

    where
        is_recruiting_cost
        and not is_internal
        and not is_unconverted
        and document_date <= {{ as_of_date() }}

    group by tenant_id

)

select
    metric.tenant_id,
    metric.metric,
    metric.basis,
    metric.numerator
from {{ ref('metric_cost_per_hire') }} as metric
left join spent
    on metric.tenant_id = spent.tenant_id
where
    metric.period = 'all'
    and metric.channel = 'all'
    and not metric.is_suppressed
    and cast(metric.numerator as decimal(18, 4)) <> coalesce(
        case
            when metric.basis = 'direct' then spent.direct_cost
            else spent.loaded_cost
        end,
        0
    )
