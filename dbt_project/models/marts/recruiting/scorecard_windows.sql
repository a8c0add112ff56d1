with

periods as (

    select distinct
        tenant_id,
        period,
        period_start,
        period_end

    from {{ ref('period_months') }}

    where is_newest and period in ('all', 'trailing_12m')

)

select * from periods
