{% set k = var('suppression_k', 5) %}

with

windowed as (

    select * from {{ ref('cost_per_hire_windows') }}

),

figures as (

    {% for metric, hires in [
        ('cost_per_hire_external_gross', 'gross_hires'),
        ('cost_per_hire_external_net', 'net_hires'),
    ] %}
    {% for basis, cost in [
        ('fully_loaded', 'loaded_cost'), ('direct', 'direct_cost'),
    ] %}
    select
        tenant_id,
        '{{ metric }}' as metric,
        period,
        period_start,
        channel,
        '{{ basis }}' as basis,
        is_finished,
        {{ hires }} as hires,
        {{ cost }} as cost
    from windowed
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

hidden as (

    select
        *,
        hires > 0 and hires < {{ k }} as is_small,
        sum(
            case
                when channel <> 'all' and hires > 0 and hires < {{ k }}
                    then hires
                else 0
            end
        ) over (
            partition by tenant_id, metric, period, period_start, basis
        ) as hidden_hires,
        row_number() over (
            partition by
                tenant_id, metric, period, period_start, basis,
                case
                    when channel <> 'all' and hires >= {{ k }} then 1 else 0
                end
            order by hires asc nulls last, channel asc nulls last
        ) as size_rank

    from figures

),

suppressed as (

    select
        *,
        is_small or (
            channel <> 'all'
            and hires >= {{ k }}
            and hidden_hires > 0
            and hidden_hires < {{ k }}
            and size_rank = 1
        ) as is_suppressed,
        cast(hires as double) as hires_made,
        cast(cost as double) as cost_spent

    from hidden

),

-- Spend is known exactly; the uncertainty is how many hires it happened to
-- bring, taken as a Poisson count on the log scale.
metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        channel,
        basis,
        '{{ var("reporting_currency") }}' as reporting_currency,
        case
            when not is_suppressed then cost_spent / nullif(hires_made, 0e0)
        end as value,
        case when not is_suppressed then cost_spent end as numerator,
        case when not is_suppressed then hires_made end as denominator,
        case
            when not is_suppressed then least(
                cost_spent / nullif(hires_made, 0e0)
                * exp(-{{ z95() }} / sqrt(nullif(hires_made, 0e0))),
                cost_spent / nullif(hires_made, 0e0)
                * exp({{ z95() }} / sqrt(nullif(hires_made, 0e0)))
            )
        end as ci_low,
        case
            when not is_suppressed then greatest(
                cost_spent / nullif(hires_made, 0e0)
                * exp(-{{ z95() }} / sqrt(nullif(hires_made, 0e0))),
                cost_spent / nullif(hires_made, 0e0)
                * exp({{ z95() }} / sqrt(nullif(hires_made, 0e0)))
            )
        end as ci_high,
        cast(hires as bigint) as n,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'external only; suppressed: fewer than ' ~ k),
            (
                'is_suppressed',
                'external only; suppressed: would reveal another channel',
            ),
            ('hires = 0 and cost <> 0', 'external only; spend without hires'),
            ('hires = 0', 'external only; no hires'),
            ('hires < 15', 'external only; insufficient: fewer than 15'),
            ('not is_finished', 'external only; period not finished'),
            ('true', 'external only'),
        ]) }} as note

    from suppressed

)

select * from metric
