with

-- Earlier days are slips of the pen; nothing is counted before.
months as (

    select month_start

    from {{ month_spine("cast('1990-01-01' as date)", month_of(as_of_date())) }}

),

dates as (

    select
        tenant_id,
        start_date as seen_date
    from {{ ref('int_placements') }}
    where is_started
    union all
    select
        tenant_id,
        cast(submitted_at as date) as seen_date
    from {{ ref('int_survey_responses') }}
    union all
    select
        tenant_id,
        document_date as seen_date
    from {{ ref('fct_revenue') }}
    union all
    select
        tenant_id,
        document_date as seen_date
    from {{ ref('fct_costs') }}

),

bounds as (

    select
        tenant_id,
        min({{ month_of('seen_date') }}) as first_month

    from dates

    group by tenant_id

),

seen_months as (

    select
        bounds.tenant_id,
        months.month_start,
        bounds.first_month

    from months

    inner join bounds
        on months.month_start >= bounds.first_month

),

lengths as (

    select
        'month' as period,
        1 as length
    union all
    select
        'trailing_3m' as period,
        3 as length
    union all
    select
        'trailing_6m' as period,
        6 as length
    union all
    select
        'trailing_12m' as period,
        12 as length

),

windows as (

    select
        seen_months.tenant_id,
        lengths.period,
        seen_months.first_month,
        {{ months_later('seen_months.month_start', '1 - lengths.length') }}
            as period_start,
        {{ months_later('seen_months.month_start', 1) }} as period_end

    from seen_months

    cross join lengths

),

-- A window that reaches back before the first record would compare a part
-- with a whole: it is left out.
whole_windows as (

    select
        windows.tenant_id,
        windows.period,
        windows.period_start,
        windows.period_end,
        seen_months.month_start

    from windows

    inner join seen_months
        on
            windows.tenant_id = seen_months.tenant_id
            and windows.period_start <= seen_months.month_start
            and windows.period_end > seen_months.month_start

    where windows.period_start >= windows.first_month

    union all

    select
        tenant_id,
        'all' as period,
        first_month as period_start,
        {{ months_later(month_of(as_of_date()), 1) }} as period_end,
        month_start

    from seen_months

),

labelled as (

    select
        tenant_id,
        period,
        period_start,
        period_end,
        month_start,
        -- All time is always up to now.
        period = 'all' or period_end <= {{ as_of_date() }} as is_finished

    from whole_windows

),

-- Cuts as fine as a recruiter or a company are shown for these periods alone:
-- for every month's end they would outnumber the records.
aged as (

    select
        *,
        period = 'all' or (
            is_finished
            and period_end = max(case when is_finished then period_end end)
                over (partition by tenant_id, period)
        ) as is_newest

    from labelled

)

select * from aged
