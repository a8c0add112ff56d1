with

periods as (

    select * from {{ ref('period_months') }}

),

newest as (

    select
        tenant_id,
        period,
        max(period_start) as period_start

    from periods

    where period = 'all' or (period = 'trailing_12m' and is_finished)

    group by tenant_id, period

),

bounds as (

    select distinct
        periods.tenant_id,
        periods.period,
        periods.period_start,
        periods.period_end

    from periods

    inner join newest
        on
            periods.tenant_id = newest.tenant_id
            and periods.period = newest.period
            and periods.period_start = newest.period_start

)

select * from bounds
