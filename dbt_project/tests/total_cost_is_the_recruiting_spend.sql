with

spent as (

    select
        tenant_id,
        sum(reporting_amount) as loaded_cost,
        sum(
            case when allocation = 'direct' then reporting_amount else 0 end
        ) as direct_cost,
        sum(
            case when is_internal then 0 else reporting_amount end
        ) as external_loaded_cost,
        sum(
            case
                when allocation = 'direct' and not is_internal
                    then reporting_amount
                else 0
            end
        ) as external_direct_cost

    from {{ ref('fct_costs') }}

    where
        is_recruiting_cost
        and not is_unconverted
        and document_date <= {{ as_of_date() }}

    group by tenant_id

),

compared as (

    select
        metric.tenant_id,
        metric.metric,
        metric.basis,
        metric.numerator,
        coalesce(
            case
                when metric.metric = 'cost_per_hire_gross'
                    and metric.basis = 'direct'
                    then spent.direct_cost
                when metric.metric = 'cost_per_hire_gross'
                    then spent.loaded_cost
                when metric.basis = 'direct' then spent.external_direct_cost
                else spent.external_loaded_cost
            end,
            0
        ) as spent

    from {{ ref('metric_cost_per_hire') }} as metric
    left join spent
        on metric.tenant_id = spent.tenant_id
    where
        metric.period = 'all'
        and metric.channel = 'all'
        and metric.timing = 'same_month'
        and metric.metric in (
            'cost_per_hire_gross', 'cost_per_hire_external_gross',
            'cost_per_hire_external_net'
        )
        and not metric.is_suppressed

)

select *
from compared
where cast(numerator as decimal(18, 4)) <> spent
