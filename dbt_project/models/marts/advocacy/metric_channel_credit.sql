{%- set k = var('suppression_k') -%}
{%- set default_model = var('attribution_model') -%}
{%- set cell = 'tenant_id, subject_kind, period, period_start' -%}

with

windowed as (

    select * from {{ ref('channel_credit_windows') }}

),

figures as (

    select
        *,
        cast(credit as double) as credited,
        cast(conversions as double) as all_conversions,
        conversions between 1 and {{ k }} - 1
        or touched_conversions between 1 and {{ k }} - 1 as is_small

    from windowed

),

hidden as (

    select
        *,
        max(case when channel <> 'all' and is_small then 1 else 0 end) over (
            partition by {{ cell }}, attribution_model
        ) as hidden_channels,
        row_number() over (
            partition by
                {{ cell }}, attribution_model,
                case
                    when channel <> 'all' and touched_conversions >= {{ k }}
                        then 1
                    else 0
                end
            order by touched_conversions asc nulls last, channel asc nulls last
        ) as size_rank,
        min(credited) over (partition by {{ cell }}, channel) as least_credit,
        max(credited) over (partition by {{ cell }}, channel) as most_credit,
        min(credited_revenue) over (
            partition by {{ cell }}, channel
        ) as least_revenue,
        max(credited_revenue) over (
            partition by {{ cell }}, channel
        ) as most_revenue

    from figures

),

-- Whatever is hidden is the whole less what is shown: the smallest other
-- channel goes with it.
suppressed as (

    select
        *,
        is_small or (
            channel <> 'all'
            and touched_conversions >= {{ k }}
            and hidden_channels = 1
            and size_rank = 1
        ) as is_suppressed

    from hidden

),

metric as (

    select
        tenant_id,
        'channel_credit' as metric,
        period,
        period_start,
        subject_kind,
        channel,
        attribution_model,
        case
            when not is_suppressed
                then credited / nullif(all_conversions, 0e0)
        end as value,
        case when not is_suppressed then credited end as numerator,
        case when not is_suppressed then all_conversions end as denominator,
        case
            when not is_suppressed and channel <> 'all' and conversions > 0
                then {{ wilson_bound('credited', 'all_conversions', '-') }}
        end as ci_low,
        case
            when not is_suppressed and channel <> 'all' and conversions > 0
                then {{ wilson_bound('credited', 'all_conversions', '+') }}
        end as ci_high,
        touched_conversions as n,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another channel'),
            ('conversions = 0', 'no conversions'),
            (
                'touched_conversions = 0 and credit > 0',
                'by the chain alone: on no converting journey',
            ),
            ('touched_conversions < 15', 'insufficient: fewer than 15'),
            (
                "attribution_model = 'markov' and failed_journeys = 0",
                'no failed journey in the period',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        case
            when not is_suppressed
                then least_credit / nullif(all_conversions, 0e0)
        end as credit_low,
        case
            when not is_suppressed
                then most_credit / nullif(all_conversions, 0e0)
        end as credit_high,
        case
            when not is_suppressed then cast(credited_revenue as decimal(18, 4))
        end as credited_revenue,
        case
            when not is_suppressed then cast(least_revenue as decimal(18, 4))
        end as revenue_low,
        case
            when not is_suppressed then cast(most_revenue as decimal(18, 4))
        end as revenue_high,
        case
            when not is_suppressed then cast(net_fee_amount as decimal(18, 4))
        end as net_fee_amount,
        case
            when not is_suppressed then cast(credited_cost as decimal(18, 4))
        end as credited_cost,
        case
            when not is_suppressed then cast(uncredited_cost as decimal(18, 4))
        end as uncredited_cost,
        '{{ var("reporting_currency") }}' as reporting_currency,
        failed_journeys,
        attribution_model = '{{ default_model }}' as is_default_model

    from suppressed

)

select * from metric
