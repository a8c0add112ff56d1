{%- set window = ['tenant_id', 'subject_kind', 'period', 'period_start'] -%}

with

periods as (

    select * from {{ ref('period_months') }}

),

attribution as (

    select
        *,
        {{ month_of('converted_date') }} as converted_month

    from {{ ref('fct_attribution') }}

    where credit_status = 'credited'

),

costs as (

    select
        costs.tenant_id,
        'candidate' as subject_kind,
        periods.period,
        periods.period_start,
        costs.channel,
        sum(costs.loaded_cost) as channel_cost

    from {{ ref('channel_month_costs') }} as costs

    inner join periods
        on
            costs.tenant_id = periods.tenant_id
            and costs.document_month = periods.month_start

    group by
        costs.tenant_id, periods.period, periods.period_start, costs.channel

),

totals as (

    select * from {{ ref('conversion_windows') }}

),

markov_credit as (

    select * from {{ ref('markov_credit') }}

),

effects as (

    select * from {{ ref('channel_removal_effects') }}

),

monthly_credit as (

    select
        tenant_id,
        subject_kind,
        converted_month,
        attribution_model,
        channel,
        sum(credit) as credit,
        sum(credited_revenue) as credited_revenue,
        sum(credited_cost) as credited_cost

    from attribution

    group by
        tenant_id, subject_kind, converted_month, attribution_model, channel

),

-- A conversion has one month, so distinct ones of months may be added up.
monthly_touched as (

    select
        tenant_id,
        subject_kind,
        converted_month,
        channel,
        count(distinct conversion_id) as touched_conversions

    from attribution

    where attribution_model = 'linear'

    group by tenant_id, subject_kind, converted_month, channel

),

split_credit as (

    select
        monthly.tenant_id,
        monthly.subject_kind,
        periods.period,
        periods.period_start,
        monthly.channel,
        monthly.attribution_model,
        cast(sum(monthly.credit) as decimal(38, 12)) as credit,
        sum(monthly.credited_revenue) as credited_revenue,
        sum(monthly.credited_cost) as credited_cost

    from monthly_credit as monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.converted_month = periods.month_start

    group by
        monthly.tenant_id, monthly.subject_kind, periods.period,
        periods.period_start, monthly.channel, monthly.attribution_model

),

touched as (

    select
        monthly.tenant_id,
        monthly.subject_kind,
        periods.period,
        periods.period_start,
        monthly.channel,
        sum(monthly.touched_conversions) as touched_conversions

    from monthly_touched as monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.converted_month = periods.month_start

    group by
        monthly.tenant_id, monthly.subject_kind, periods.period,
        periods.period_start, monthly.channel

),

channels as (

    select
        {{ window | join(', ') }},
        channel,
        touched_conversions,
        0 as channel_cost
    from touched
    union all
    select
        {{ window | join(', ') }},
        channel,
        0 as touched_conversions,
        channel_cost
    from costs
    union all
    select
        {{ window | join(', ') }},
        channel,
        0 as touched_conversions,
        0 as channel_cost
    from effects

),

cells as (

    select
        {{ window | join(', ') }},
        channel,
        sum(touched_conversions) as touched_conversions,
        sum(channel_cost) as channel_cost

    from channels

    group by {{ window | join(', ') }}, channel

),

models as (

    {% for model in (attribution_models() | list) + ['markov'] -%}
    select '{{ model }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

credits as (

    select
        {{ window | join(', ') }},
        channel,
        attribution_model,
        credit,
        credited_revenue,
        credited_cost
    from split_credit
    union all
    select
        {{ window | join(', ') }},
        channel,
        'markov' as attribution_model,
        credit,
        credited_revenue,
        null as credited_cost
    from markov_credit

),

credited as (

    select
        cells.tenant_id,
        cells.subject_kind,
        cells.period,
        cells.period_start,
        cells.channel,
        models.attribution_model,
        cells.touched_conversions,
        cells.channel_cost,
        coalesce(credits.credit, 0) as credit,
        coalesce(credits.credited_revenue, 0) as credited_revenue,
        case
            -- No split by month: the cost of the whole window.
            when models.attribution_model = 'markov' and credits.credit > 0
                then cells.channel_cost
            else coalesce(credits.credited_cost, 0)
        end as credited_cost

    from cells

    cross join models

    left join credits
        on
            cells.tenant_id = credits.tenant_id
            and cells.subject_kind = credits.subject_kind
            and cells.period = credits.period
            and cells.period_start = credits.period_start
            and cells.channel = credits.channel
            and models.attribution_model = credits.attribution_model

),

overall as (

    select * from credited

    union all

    select
        {{ window | join(', ') }},
        'all' as channel,
        attribution_model,
        0 as touched_conversions,
        sum(channel_cost) as channel_cost,
        sum(credit) as credit,
        sum(credited_revenue) as credited_revenue,
        sum(credited_cost) as credited_cost

    from credited

    group by {{ window | join(', ') }}, attribution_model

),

finished as (

    select
        tenant_id,
        period,
        period_start,
        bool_and(is_finished) as is_finished

    from periods

    group by tenant_id, period, period_start

),

windowed as (

    select
        overall.tenant_id,
        overall.subject_kind,
        overall.period,
        overall.period_start,
        overall.channel,
        overall.attribution_model,
        cast(case
            when overall.channel = 'all' then coalesce(totals.conversions, 0)
            else overall.touched_conversions
        end as bigint) as touched_conversions,
        cast(coalesce(totals.conversions, 0) as bigint) as conversions,
        cast(coalesce(totals.failed_journeys, 0) as bigint) as failed_journeys,
        cast(overall.credit as decimal(38, 12)) as credit,
        cast(overall.credited_revenue as decimal(38, 4)) as credited_revenue,
        cast(coalesce(totals.net_fee_amount, 0) as decimal(38, 4))
            as net_fee_amount,
        cast(case
            when overall.subject_kind = 'candidate' then overall.credited_cost
        end as decimal(38, 4)) as credited_cost,
        cast(case
            when overall.subject_kind = 'candidate'
                then overall.channel_cost - overall.credited_cost
        end as decimal(38, 4)) as uncredited_cost,
        finished.is_finished

    from overall

    inner join finished
        on
            overall.tenant_id = finished.tenant_id
            and overall.period = finished.period
            and overall.period_start = finished.period_start

    left join totals
        on
            overall.tenant_id = totals.tenant_id
            and overall.subject_kind = totals.subject_kind
            and overall.period = totals.period
            and overall.period_start = totals.period_start

)

select * from windowed
