with

windows as (

    select
        *,
        case
            when metric like 'nps%' then 'score'
            when metric in ('closed_loop_rate', 'offer_acceptance') then 'rate'
            when metric = 'response_hours' then 'median'
            else 'total'
        end as kind,
        cast(n as double) as units,
        cast(amount as double) as total,
        cast(unknown_cases as double) as unknown,
        cast(promoters as double) as p,
        cast(detractors as double) as d

    from {{ ref('recruiter_windows') }}

),

figures as (

    select
        *,
        case kind
            when 'score' then 100e0 * (p - d) / nullif(units, 0e0)
            when 'rate' then total / nullif(units, 0e0)
            when 'median' then hours
            else total
        end as value,
        case when kind = 'score' then p - d else total end as numerator,
        case when kind <> 'total' then units end as denominator,
        case
            when units = 0 then null
            when kind = 'score' then {{ nps_bound('p', 'd', 'units', '-') }}
            when kind = 'rate' then {{ wilson_bound('total', 'units', '-') }}
            when kind = 'median' then hours_low
        end as ci_low,
        case
            when units = 0 then null
            when kind = 'score' then {{ nps_bound('p', 'd', 'units', '+') }}
            when kind = 'rate' then {{ wilson_bound('total', 'units', '+') }}
            when kind = 'median' then hours_high
        end as ci_high,
        case when kind = 'rate' then total / nullif(units, 0e0) end
            as range_low,
        case when kind = 'rate' then (total + unknown) / nullif(units, 0e0) end
            as range_high

    from windows

),

hidden as (

    select
        *,
        {{ small_group_columns(
            ['tenant_id', 'metric', 'period', 'period_start', 'cut_by']
        ) }}

    from figures

),

suppressed as (

    select
        *,
        {{ is_withheld() }} as is_suppressed

    from hidden

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        cut_by,
        cut,
        {%- for figure in [
            'value', 'numerator', 'denominator', 'ci_low', 'ci_high',
        ] %}
        case when not is_suppressed then {{ figure }} end as {{ figure }},
        {%- endfor %}
        n,
        is_suppressed,
        {{ metric_note(small_group_notes() + [
            ("n = 0 and kind <> 'total'", 'no cases'),
            (
                "kind = 'median' and hours is null",
                'half or more were not answered yet',
            ),
            ('n > 0 and n < 15', 'insufficient: fewer than 15'),
            (
                "kind = 'rate' and unknown > 0",
                'range_low to range_high: some outcomes are unknown',
            ),
        ]) }} as note,
        case when not is_suppressed then range_low end as range_low,
        case when not is_suppressed then range_high end as range_high

    from suppressed

)

select * from metric
