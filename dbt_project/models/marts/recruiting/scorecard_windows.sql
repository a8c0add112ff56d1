with

periods as (

    select distinct
        tenant_id,
        period,
        period_start,
        period_end

    from {{ ref('period_months') }}

    where period = 'all' or (period = 'trailing_12m' and is_finished)

),

ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, period
            order by period_start desc nulls last
        ) as newest_rank

    from periods

)

select
    tenant_id,
    period,
    period_start,
    period_end

from ranked

where newest_rank = 1
