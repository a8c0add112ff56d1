with

periods as (

    select * from {{ ref('claim_periods') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

hires as (

    select
        tenant_id,
        channel,
        {{ month_of('converted_date') }} as counted_month,
        0 as cost,
        sum(credit) as hires

    from {{ ref('fct_attribution') }}

    where
        attribution_model = '{{ var("attribution_model", "referral_first") }}'
        and credit > 0
        and placement_id is not null
        and converted_date <= {{ as_of_date() }}

    group by tenant_id, channel, {{ month_of('converted_date') }}

),

costs as (

    select
        tenant_id,
        channel,
        document_month as counted_month,
        loaded_cost as cost,
        0 as hires

    from {{ ref('channel_month_costs') }}

),

sides as (

    select * from hires

    union all

    select * from costs

),

-- Spend and hires of a month are one observation: what is spent follows what
-- is to be filled, and both sides share the same months.
units as (

    select
        sides.tenant_id,
        'referrals_lower_cost_per_hire' as claim,
        'cost_per_hire' as measure,
        periods.period,
        periods.period_start,
        'all' as stratum,
        cast(sides.counted_month as string) as cluster_id,
        cast(null as string) as person_id,
        case when channels.is_referral then 1 else 0 end as is_side_a,
        sides.cost as outcome,
        sides.hires as exposure,
        cast(null as int) as events

    from sides

    inner join periods
        on sides.tenant_id = periods.tenant_id

    left join channels
        on sides.channel = channels.channel

    where
        sides.counted_month >= periods.period_start
        and sides.counted_month < periods.period_end

)

select * from units
