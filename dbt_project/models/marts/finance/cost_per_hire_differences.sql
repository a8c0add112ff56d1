-- noqa: disable=LT02
{# A hash of 64 hex digits yields eight weights. #}
{% set places = 8 %}
{% set replicates = var('bootstrap_replicates') | int(400) %}
{% set hashes = ((replicates + places - 1) / places) | int %}

with

periods as (

    select * from {{ ref('period_months') }}

),

hires as (

    select * from {{ ref('credited_hires') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

costs as (

    select * from {{ ref('channel_month_costs') }}

),

-- The newest whole year, and all time.
chosen as (

    select
        tenant_id,
        period,
        max(period_start) as period_start

    from periods

    where period = 'all' or (period = 'trailing_12m' and is_finished)

    group by tenant_id, period

),

chosen_months as (

    select
        periods.tenant_id,
        periods.period,
        periods.period_start,
        periods.month_start

    from periods

    inner join chosen
        on
            periods.tenant_id = chosen.tenant_id
            and periods.period = chosen.period
            and periods.period_start = chosen.period_start

),

cells as (

    select
        tenant_id,
        channel,
        hired_month,
        cast(sum(credit) as double) as cell_hires

    from hires

    group by tenant_id, channel, hired_month

),

group_costs as (

    select
        chosen_months.tenant_id,
        chosen_months.period,
        chosen_months.period_start,
        coalesce(channels.is_referral, false) as is_referred,
        sum(costs.loaded_cost) as spent,
        -- Months in which the channel hired nobody.
        sum(
            case when cells.cell_hires is null then costs.loaded_cost else 0 end
        ) as spent_without_hires

    from costs

    inner join chosen_months
        on
            costs.tenant_id = chosen_months.tenant_id
            and costs.document_month = chosen_months.month_start

    left join channels
        on costs.channel = channels.channel

    left join cells
        on
            costs.tenant_id = cells.tenant_id
            and costs.channel = cells.channel
            and costs.document_month = cells.hired_month

    group by
        chosen_months.tenant_id, chosen_months.period,
        chosen_months.period_start, coalesce(channels.is_referral, false)

),

-- A hire costs what its channel's month cost per hire.
priced as (

    select
        hires.tenant_id,
        hires.placement_id,
        hires.hired_month,
        coalesce(hires.is_referral, false) as is_referred,
        -- Decimals: sums must not depend on the order of rows.
        cast(sum(hires.credit) as decimal(18, 6)) as hired,
        sum(cast(
            coalesce(cast(costs.loaded_cost as double), 0e0)
            * cast(hires.credit as double) / cells.cell_hires
            as decimal(18, 6)
        )) as cost

    from hires

    inner join cells
        on
            hires.tenant_id = cells.tenant_id
            and hires.channel = cells.channel
            and hires.hired_month = cells.hired_month

    left join costs
        on
            hires.tenant_id = costs.tenant_id
            and hires.channel = costs.channel
            and hires.hired_month = costs.document_month

    group by
        hires.tenant_id, hires.placement_id, hires.hired_month,
        coalesce(hires.is_referral, false)

),

windowed as (

    select
        chosen_months.tenant_id,
        chosen_months.period,
        chosen_months.period_start,
        priced.placement_id,
        priced.is_referred,
        priced.hired,
        priced.cost

    from priced

    inner join chosen_months
        on
            priced.tenant_id = chosen_months.tenant_id
            and priced.hired_month = chosen_months.month_start

),

sides_hired as (

    select
        windowed.tenant_id,
        windowed.period,
        windowed.period_start,
        windowed.is_referred,
        sum(windowed.hired) as hired

    from windowed

    group by
        windowed.tenant_id, windowed.period, windowed.period_start,
        windowed.is_referred

),

blocks as (

    select cast(block_number as string) as block_number
    from (
        {% for number in range(hashes) -%}
        select {{ number }} as block_number
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as numbers

),

hashed as (

    select
        windowed.*,
        blocks.block_number,
        {{ sha256_hex(
            "blocks.block_number || ':' || windowed.tenant_id || ':' || windowed.placement_id"
        ) }} as digest

    from windowed

    cross join blocks

),

weighted as (

    select
        tenant_id,
        period,
        period_start,
        is_referred,
        block_number,
        hired,
        cost,
        {% for place in range(places) -%}
        {{ poisson_weight('digest', place) }} as weight_{{ place }}
        {{- ',' if not loop.last }}
        {% endfor %}

    from hashed

),

drawn as (

    select
        tenant_id,
        period,
        period_start,
        is_referred,
        block_number,
        {% for place in range(places) -%}
        sum(weight_{{ place }} * hired) as hired_{{ place }},
        sum(weight_{{ place }} * cost) as cost_{{ place }}
        {{- ',' if not loop.last }}
        {% endfor %}

    from weighted

    group by tenant_id, period, period_start, is_referred, block_number

),

replicates as (

    {% for place in range(places) -%}
    select
        tenant_id,
        period,
        period_start,
        is_referred,
        cast(block_number as int) * {{ places }} + {{ place }} as replicate,
        cast(cost_{{ place }} as double)
        / nullif(cast(hired_{{ place }} as double), 0e0) as mean_cost
    from drawn
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Spend of months without hires rests on all hires of its side alike.
means as (

    select
        replicates.tenant_id,
        replicates.period,
        replicates.period_start,
        replicates.replicate,
        max(
            case when replicates.is_referred then replicates.mean_cost end
        ) as referred_cost,
        max(
            case when not replicates.is_referred then replicates.mean_cost end
        ) as other_cost

    from replicates

    where replicates.replicate < {{ replicates }}

    group by
        replicates.tenant_id, replicates.period, replicates.period_start,
        replicates.replicate

),

contrasts as (

    select
        *,
        referred_cost - other_cost as difference

    from means

),

intervals as (

    select
        tenant_id,
        period,
        period_start,
        cast(percentile_cont(0.025) within group (
            order by difference asc nulls last
        ) as double) as low,
        cast(percentile_cont(0.975) within group (
            order by difference asc nulls last
        ) as double) as high,
        cast(count(difference) as int) as replicates

    from contrasts

    group by tenant_id, period, period_start

),

sides as (

    select
        chosen.tenant_id,
        chosen.period,
        chosen.period_start,
        cast(coalesce(sum(
            case when sides_hired.is_referred then sides_hired.hired else 0 end
        ), 0) as double) as referred_hires,
        cast(coalesce(sum(
            case when sides_hired.is_referred then 0 else sides_hired.hired end
        ), 0) as double) as other_hires

    from chosen

    left join sides_hired
        on
            chosen.tenant_id = sides_hired.tenant_id
            and chosen.period = sides_hired.period
            and chosen.period_start = sides_hired.period_start

    group by chosen.tenant_id, chosen.period, chosen.period_start

),

idle as (

    select
        tenant_id,
        period,
        period_start,
        {% for side, condition in [
            ('referred', 'is_referred'), ('other', 'not is_referred'),
        ] -%}
        cast(sum(
            case when {{ condition }} then spent else 0 end
        ) as double) as {{ side }}_cost,
        cast(sum(
            case when {{ condition }} then spent_without_hires else 0 end
        ) as double) as {{ side }}_idle
        {{- ',' if not loop.last }}
        {% endfor %}

    from group_costs

    group by tenant_id, period, period_start

),

compared as (

    select
        sides.tenant_id,
        sides.period,
        sides.period_start,
        cast(sides.referred_hires as decimal(18, 6)) as referred_hires,
        cast(sides.other_hires as decimal(18, 6)) as other_hires,
        coalesce(idle.referred_cost, 0e0) / nullif(sides.referred_hires, 0e0)
            as referred_cost_per_hire,
        coalesce(idle.other_cost, 0e0) / nullif(sides.other_hires, 0e0)
            as other_cost_per_hire,
        coalesce(idle.referred_idle, 0e0) / nullif(sides.referred_hires, 0e0)
            - coalesce(idle.other_idle, 0e0) / nullif(sides.other_hires, 0e0)
            as idle_difference,
        intervals.low,
        intervals.high,
        coalesce(intervals.replicates, 0) as replicates

    from sides

    left join idle
        on
            sides.tenant_id = idle.tenant_id
            and sides.period = idle.period
            and sides.period_start = idle.period_start

    left join intervals
        on
            sides.tenant_id = intervals.tenant_id
            and sides.period = intervals.period
            and sides.period_start = intervals.period_start

),

differences as (

    select
        tenant_id,
        period,
        period_start,
        referred_hires,
        other_hires,
        cast(referred_cost_per_hire as double) as referred_cost_per_hire,
        cast(other_cost_per_hire as double) as other_cost_per_hire,
        cast(referred_cost_per_hire - other_cost_per_hire as double)
            as difference,
        -- A percentile interval of few hires can miss its own estimate.
        cast(least(
            low + idle_difference, referred_cost_per_hire - other_cost_per_hire
        ) as double) as ci_low,
        cast(greatest(
            high + idle_difference, referred_cost_per_hire - other_cost_per_hire
        ) as double) as ci_high,
        replicates

    from compared

)

select * from differences
