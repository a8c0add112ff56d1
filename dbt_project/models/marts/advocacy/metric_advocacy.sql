{% set k = var('suppression_k') %}

with

windowed as (

    select * from {{ ref('advocacy_windows') }}

),

figures as (

    select
        tenant_id,
        'advocacy_coefficient' as metric,
        period,
        period_start,
        cut_by,
        cut,
        people as n,
        people_unfollowed as unfollowed,
        cast(successes as double) as counted,
        cast(squared_successes as double) as squared,
        cast(people as double) as among,
        cast(0 as double) as unknown,
        cast(null as double) as median_days,
        cast(null as double) as median_low,
        cast(null as double) as median_high,
        is_finished

    from windowed

    union all

    select
        tenant_id,
        'referrals_per_placed' as metric,
        period,
        period_start,
        cut_by,
        cut,
        people as n,
        people_unfollowed as unfollowed,
        cast(referrals as double) as counted,
        cast(squared_referrals as double) as squared,
        cast(people as double) as among,
        cast(0 as double) as unknown,
        cast(null as double) as median_days,
        cast(null as double) as median_low,
        cast(null as double) as median_high,
        is_finished

    from windowed

    union all

    select
        tenant_id,
        'median_days_to_first_referral' as metric,
        period,
        period_start,
        cut_by,
        cut,
        referrers as n,
        people_unfollowed as unfollowed,
        cast(referrers as double) as counted,
        cast(null as double) as squared,
        cast(people as double) as among,
        cast(0 as double) as unknown,
        median_days,
        median_low,
        median_high,
        is_finished

    from windowed

    union all

    select
        tenant_id,
        'advocacy_loop_share' as metric,
        period,
        period_start,
        cut_by,
        cut,
        placements as n,
        placements_unfollowed as unfollowed,
        cast(loops as double) as counted,
        cast(null as double) as squared,
        cast(placements as double) as among,
        cast(unknown_loops as double) as unknown,
        cast(null as double) as median_days,
        cast(null as double) as median_low,
        cast(null as double) as median_high,
        is_finished

    from windowed

),

hidden as (

    select
        *,
        n < {{ k }} as is_small,
        sum(case when cut <> 'all' and n < {{ k }} then n else 0 end) over (
            partition by tenant_id, metric, period, period_start
        ) as hidden_people,
        row_number() over (
            partition by
                tenant_id, metric, period, period_start,
                case when cut <> 'all' and n >= {{ k }} then 1 else 0 end
            order by n asc nulls last, cut asc nulls last
        ) as size_rank

    from figures

),

-- What is hidden could be had by subtraction from the whole: the smallest
-- other cut goes with it.
suppressed as (

    select
        *,
        is_small or (
            cut <> 'all'
            and hidden_people between 1 and {{ k }} - 1
            and size_rank = 1
        ) as is_suppressed

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
        case
            when is_suppressed then null
            when metric = 'median_days_to_first_referral' then median_days
            else counted / nullif(among, 0e0)
        end as value,
        case when not is_suppressed then counted end as numerator,
        case when not is_suppressed then among end as denominator,
        case
            when is_suppressed then null
            when metric = 'median_days_to_first_referral' then median_low
            when metric = 'advocacy_loop_share'
                then {{ wilson_bound('counted', 'among', '-') }}
            else {{ mean_count_bound('counted', 'squared', 'among', '-') }}
        end as ci_low,
        case
            when is_suppressed then null
            when metric = 'median_days_to_first_referral' then median_high
            when metric = 'advocacy_loop_share'
                then {{ wilson_bound('counted', 'among', '+') }}
            else {{ mean_count_bound('counted', 'squared', 'among', '+') }}
        end as ci_high,
        cast(n as bigint) as n,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another cut'),
            ('n < 15', 'insufficient: fewer than 15'),
            ('unfollowed > 0', 'some have not been followed for 365 days'),
            (
                'unknown > 0',
                'range value to share_high: some did not answer a survey',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        case
            when not is_suppressed and metric = 'advocacy_loop_share'
                then (counted + unknown) / nullif(among, 0e0)
        end as share_high,
        cast(unfollowed as bigint) as unfollowed

    from suppressed

)

select * from metric
