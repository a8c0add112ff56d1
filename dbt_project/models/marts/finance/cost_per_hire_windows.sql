with

periods as (

    select * from {{ ref('period_months') }}

),

placements as (

    select * from {{ ref('fct_placements') }}

),

hires as (

    select
        attribution.tenant_id,
        attribution.channel,
        {{ month_of('attribution.converted_date') }} as counted_month,
        sum(attribution.credit) as gross_hires,
        sum(
            case when placements.is_falloff then 0 else attribution.credit end
        ) as net_hires

    from {{ ref('fct_attribution') }} as attribution

    inner join placements
        on attribution.placement_id = placements.placement_id

    where
        attribution.attribution_model
        = '{{ var("attribution_model", "referral_first") }}'
        and attribution.credit > 0

    group by
        attribution.tenant_id,
        attribution.channel,
        {{ month_of('attribution.converted_date') }}

),

costs as (

    select
        tenant_id,
        channel,
        document_month as counted_month,
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

    group by tenant_id, channel, document_month

),

monthly as (

    select
        tenant_id,
        channel,
        counted_month,
        gross_hires,
        net_hires,
        0 as loaded_cost,
        0 as direct_cost
    from hires
    union all
    select
        tenant_id,
        channel,
        counted_month,
        0 as gross_hires,
        0 as net_hires,
        loaded_cost,
        direct_cost
    from costs

),

by_channel as (

    select
        monthly.*,
        'all' as cut
    from monthly
    union all
    select
        monthly.*,
        channel as cut
    from monthly

),

windowed as (

    select
        by_channel.tenant_id,
        periods.period,
        periods.period_start,
        by_channel.cut as channel,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(by_channel.gross_hires) as decimal(18, 6)) as gross_hires,
        cast(sum(by_channel.net_hires) as decimal(18, 6)) as net_hires,
        cast(sum(by_channel.loaded_cost) as decimal(18, 4)) as loaded_cost,
        cast(sum(by_channel.direct_cost) as decimal(18, 4)) as direct_cost

    from by_channel

    inner join periods
        on
            by_channel.tenant_id = periods.tenant_id
            and by_channel.counted_month = periods.month_start

    group by
        by_channel.tenant_id, periods.period, periods.period_start,
        by_channel.cut

)

select * from windowed
