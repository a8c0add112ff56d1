with

periods as (

    select * from {{ ref('period_months') }}

),

advocates as (

    select
        *,
        'all' as cut_by,
        'all' as cut

    from {{ ref('placed_advocates') }}

    union all

    select
        *,
        'referral_status' as cut_by,
        referral_status as cut

    from {{ ref('placed_advocates') }}

),

monthly as (

    select
        tenant_id,
        cut_by,
        cut,
        start_month,
        sum(case when is_first_start and is_followed then 1 else 0 end)
            as people,
        sum(case when is_first_start and not is_followed then 1 else 0 end)
            as people_unfollowed,
        sum(case when is_first_start and is_followed then referrals else 0 end)
            as referrals,
        sum(
            case
                when is_first_start and is_followed then referrals * referrals
                else 0
            end
        ) as squared_referrals,
        sum(case when is_first_start and is_followed then successes else 0 end)
            as successes,
        sum(
            case
                when is_first_start and is_followed then successes * successes
                else 0
            end
        ) as squared_successes,
        sum(case when is_followed then 1 else 0 end) as placements,
        sum(case when not is_followed then 1 else 0 end)
            as placements_unfollowed,
        sum(case when is_followed and is_loop then 1 else 0 end) as loops,
        sum(case when is_followed and is_loop_unknown then 1 else 0 end)
            as unknown_loops

    from advocates

    group by tenant_id, cut_by, cut, start_month

),

windowed as (

    select
        monthly.tenant_id,
        periods.period,
        periods.period_start,
        monthly.cut_by,
        monthly.cut,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(monthly.people) as bigint) as people,
        cast(sum(monthly.people_unfollowed) as bigint) as people_unfollowed,
        cast(sum(monthly.referrals) as bigint) as referrals,
        cast(sum(monthly.squared_referrals) as bigint) as squared_referrals,
        cast(sum(monthly.successes) as bigint) as successes,
        cast(sum(monthly.squared_successes) as bigint) as squared_successes,
        cast(sum(monthly.placements) as bigint) as placements,
        cast(sum(monthly.placements_unfollowed) as bigint)
            as placements_unfollowed,
        cast(sum(monthly.loops) as bigint) as loops,
        cast(sum(monthly.unknown_loops) as bigint) as unknown_loops

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.start_month = periods.month_start

    group by
        monthly.tenant_id, periods.period, periods.period_start,
        monthly.cut_by, monthly.cut

),

-- Only who referred is carried through the windows one by one.
waits as (

    select
        advocates.tenant_id,
        periods.period,
        periods.period_start,
        advocates.cut_by,
        advocates.cut,
        advocates.first_referral_days,
        row_number() over (
            partition by
                advocates.tenant_id, periods.period, periods.period_start,
                advocates.cut_by, advocates.cut
            order by
                advocates.first_referral_days asc nulls last,
                advocates.placement_id asc nulls last
        ) as place,
        count(*) over (
            partition by
                advocates.tenant_id, periods.period, periods.period_start,
                advocates.cut_by, advocates.cut
        ) as referrers

    from advocates

    inner join periods
        on
            advocates.tenant_id = periods.tenant_id
            and advocates.start_month = periods.month_start

    where
        advocates.is_first_start
        and advocates.is_followed
        and advocates.first_referral_days is not null

),

medians as (

    select
        tenant_id,
        period,
        period_start,
        cut_by,
        cut,
        cast(max(referrers) as bigint) as referrers,
        avg(
            case
                when 2 * place between referrers and referrers + 2
                    then cast(first_referral_days as double)
            end
        ) as median_days,
        max(
            case
                when place = {{ median_rank('referrers') }}
                    then cast(first_referral_days as double)
            end
        ) as median_low,
        max(
            case
                when place = referrers + 1 - {{ median_rank('referrers') }}
                    then cast(first_referral_days as double)
            end
        ) as median_high

    from waits

    group by tenant_id, period, period_start, cut_by, cut

),

joined as (

    select
        windowed.*,
        coalesce(medians.referrers, 0) as referrers,
        medians.median_days,
        medians.median_low,
        medians.median_high

    from windowed

    left join medians
        on
            windowed.tenant_id = medians.tenant_id
            and windowed.period = medians.period
            and windowed.period_start = medians.period_start
            and windowed.cut_by = medians.cut_by
            and windowed.cut = medians.cut

)

select * from joined
