with

periods as (

    select * from {{ ref('period_months') }}

),

conversions as (

    select
        tenant_id,
        subject_kind,
        {{ month_of('converted_date') }} as converted_month,
        count(*) as conversions,
        sum(net_fee_amount) as net_fee_amount

    from {{ ref('conversions') }}

    group by tenant_id, subject_kind, {{ month_of('converted_date') }}

),

failures as (

    select
        tenant_id,
        subject_kind,
        outcome_month,
        sum(transitions) as failed_journeys

    from {{ ref('attribution_transitions') }}

    where to_state = '(null)'

    group by tenant_id, subject_kind, outcome_month

),

monthly_totals as (

    select
        tenant_id,
        subject_kind,
        converted_month as counted_month,
        conversions,
        net_fee_amount,
        0 as failed_journeys
    from conversions
    union all
    select
        tenant_id,
        subject_kind,
        outcome_month as counted_month,
        0 as conversions,
        0 as net_fee_amount,
        failed_journeys
    from failures

),

windowed as (

    select
        monthly_totals.tenant_id,
        monthly_totals.subject_kind,
        periods.period,
        periods.period_start,
        cast(sum(monthly_totals.conversions) as bigint) as conversions,
        cast(sum(monthly_totals.net_fee_amount) as decimal(38, 4))
            as net_fee_amount,
        cast(sum(monthly_totals.failed_journeys) as bigint)
            as failed_journeys

    from monthly_totals

    inner join periods
        on
            monthly_totals.tenant_id = periods.tenant_id
            and monthly_totals.counted_month = periods.month_start

    group by
        monthly_totals.tenant_id, monthly_totals.subject_kind, periods.period,
        periods.period_start

)

select * from windowed
