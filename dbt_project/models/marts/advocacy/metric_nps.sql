{% set k = var('suppression_k', 5) %}

with

windowed as (

    select * from {{ ref('nps_windows') }}

),

hidden as (

    select
        *,
        n < {{ k }} as is_small,
        sum(case when cut <> 'all' and n < {{ k }} then n else 0 end) over (
            partition by
                tenant_id, period, period_start, audience, survey_kind,
                trigger, population
        ) as hidden_answers,
        row_number() over (
            partition by
                tenant_id, period, period_start, audience, survey_kind,
                trigger, population,
                case when cut <> 'all' and n >= {{ k }} then 1 else 0 end
            order by n asc nulls last, cut asc nulls last
        ) as size_rank

    from windowed

),

-- What is hidden could be had by subtraction from the whole: the smallest
-- other cut goes with it.
suppressed as (

    select
        *,
        is_small or (
            cut <> 'all'
            and hidden_answers between 1 and {{ k }} - 1
            and size_rank = 1
        ) as is_suppressed,
        cast(n as double) as answers,
        cast(promoter_count as double) as p,
        cast(detractor_count as double) as d

    from hidden

),

metric as (

    select
        tenant_id,
        'nps' as metric,
        period,
        period_start,
        audience,
        survey_kind,
        trigger,
        population,
        cut,
        case when not is_suppressed then 100e0 * (p - d) / answers end as value,
        case when not is_suppressed then p - d end as numerator,
        case when not is_suppressed then answers end as denominator,
        case
            when not is_suppressed then {{ nps_bound('p', 'd', 'answers', '-') }}
        end as ci_low,
        case
            when not is_suppressed then {{ nps_bound('p', 'd', 'answers', '+') }}
        end as ci_high,
        n,
        case when not is_suppressed then promoter_count end as promoters,
        case when not is_suppressed then detractor_count end as detractors,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another cut'),
            ('n < 15', 'insufficient: fewer than 15'),
            ('not is_finished', 'period not finished'),
        ]) }} as note

    from suppressed

)

select * from metric
