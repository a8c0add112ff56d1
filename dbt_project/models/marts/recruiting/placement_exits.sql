{% set cuts = [
    ('all', "'all'", "'all'"),
    ('referral_status', 'referral_status', "'all'"),
    ('referral_status', 'referral_status', "job_family || '|' || seniority"),
    ('referrer_status', 'referrer_status', "'all'"),
    ('job_family', 'job_family', "'all'"),
    ('seniority', 'seniority', "'all'"),
    ('recruiter', "coalesce(recruiter_id, 'unknown')", "'all'"),
] %}

with

placements as (

    select
        *,
        least(duration_days, {{ last_followed_day() }}) as day,
        case
            when has_left and duration_days <= {{ last_followed_day() }} then 1
            else 0
        end as is_leaver

    from {{ ref('placement_survival') }}

    where not is_end_unknown

),

periods as (

    select *

    from {{ ref('period_months') }}

    where period in ('all', 'trailing_12m')

),

-- At most 366 days per series: months are few cells, and windows sum cells.
monthly as (

    {% for cut_by, cut, stratum in cuts -%}
    select
        tenant_id,
        population,
        start_month,
        '{{ cut_by }}' as cut_by,
        {{ cut }} as cut,
        {{ stratum }} as stratum,
        day,
        sum(is_leaver) as leavers,
        count(*) as exits

    from placements

    group by
        tenant_id, population, start_month, {{ cut }}, {{ stratum }}, day
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cohorts as (

    select * from {{ ref('placement_cohorts') }}

    where basis = 'followed' and cut_by = 'all'

),

windowed as (

    select
        monthly.tenant_id,
        monthly.population,
        periods.period,
        periods.period_start,
        monthly.cut_by,
        {{ pooled_referral(
            'monthly.cut_by', 'monthly.cut', 'cohorts.are_unknown_pooled'
        ) }} as cut,
        monthly.stratum,
        monthly.day,
        cast(sum(monthly.leavers) as bigint) as leavers,
        cast(sum(monthly.exits) as bigint) as exits

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.start_month = periods.month_start

    inner join cohorts
        on
            monthly.tenant_id = cohorts.tenant_id
            and monthly.population = cohorts.population
            and periods.period = cohorts.period
            and periods.period_start = cohorts.period_start

    group by
        monthly.tenant_id, monthly.population, periods.period,
        periods.period_start, monthly.cut_by,
        {{ pooled_referral(
            'monthly.cut_by', 'monthly.cut', 'cohorts.are_unknown_pooled'
        ) }},
        monthly.stratum, monthly.day

)

select * from windowed
