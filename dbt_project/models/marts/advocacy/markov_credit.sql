{%- set window = ['tenant_id', 'subject_kind', 'period', 'period_start'] -%}

with

effects as (

    select * from {{ ref('channel_removal_effects') }}

),

totals as (

    select * from {{ ref('conversion_windows') }}

),

-- Decimals, so that the shares of the channels add up in whatever order they
-- are read.
weighed as (

    select
        {{ window | join(', ') }},
        channel,
        cast(removal_effect as decimal(38, 18)) as effect

    from effects

    where removal_effect is not null

),

accumulated as (

    select
        *,
        sum(effect) over (
            partition by {{ window | join(', ') }}
            order by channel asc nulls last
            rows between unbounded preceding and current row
        ) as running_effect,
        sum(effect) over (
            partition by {{ window | join(', ') }}
        ) as all_effects

    from weighed

),

proportioned as (

    select
        *,
        cast(running_effect - effect as double)
        / cast(nullif(all_effects, 0) as double) as share_before,
        cast(running_effect as double)
        / cast(nullif(all_effects, 0) as double) as share_through

    from accumulated

),

credited as (

    select
        shares.tenant_id,
        shares.subject_kind,
        shares.period,
        shares.period_start,
        shares.channel,
        cast(
            cast(totals.conversions * shares.share_through as decimal(38, 12))
            - cast(totals.conversions * shares.share_before as decimal(38, 12))
            as decimal(38, 12)
        ) as credit,
        {{ amount_between(
            'totals.net_fee_amount',
            'shares.share_before', 'shares.share_through'
        ) }} as credited_revenue

    from proportioned as shares

    inner join totals
        on
            shares.tenant_id = totals.tenant_id
            and shares.subject_kind = totals.subject_kind
            and shares.period = totals.period
            and shares.period_start = totals.period_start

)

select * from credited
