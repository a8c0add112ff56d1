with

candidate_channels as (

    select * from {{ ref('candidate_channels') }}

),

staff_time as (

    select *

    from {{ ref('internal_cost_lines') }}

    where not is_left_out and cost_kind in ('recruiter_time', 'sourcer_time')

),

-- Hours drive a month only when all of its staff time is logged by channel:
-- some people's log says nothing about the others.
logged_months as (

    select
        tenant_id,
        cost_month

    from staff_time

    group by tenant_id, cost_month

    having
        count(*) = sum(
            case when channel is not null and hours >= 0 then 1 else 0 end
        )

),

logged as (

    select
        staff_time.tenant_id,
        '(all)' as effort_key,
        staff_time.cost_month as effort_month,
        'logged_hours' as driver,
        1 as preference,
        staff_time.channel,
        -- Minutes, so that every driver counts whole units.
        cast(sum(round(staff_time.hours * 60)) as bigint) as events

    from staff_time

    inner join logged_months
        on
            staff_time.tenant_id = logged_months.tenant_id
            and staff_time.cost_month = logged_months.cost_month

    group by staff_time.tenant_id, staff_time.cost_month, staff_time.channel

),

-- Screens, submissions and interviews of all candidates, placed or not;
-- applications only where a month has none of these.
effort as (

    select
        tenant_id,
        person_id,
        recruiter_id,
        {{ month_of('entered_at') }} as effort_month,
        'stage_events' as driver,
        2 as preference

    from {{ ref('int_stage_events') }}

    where
        stage_group in ('screening', 'submitted', 'interview')
        and cast(entered_at as date) <= {{ as_of_date() }}

    union all

    select
        tenant_id,
        person_id,
        recruiter_id,
        {{ month_of('applied_at') }} as effort_month,
        'applications' as driver,
        3 as preference

    from {{ ref('int_applications') }}

    where cast(applied_at as date) <= {{ as_of_date() }}

),

by_recruiter as (

    select
        effort.tenant_id,
        effort.recruiter_id,
        effort.effort_month,
        effort.driver,
        effort.preference,
        coalesce(candidate_channels.channel, 'unknown') as channel,
        count(*) as events

    from effort

    left join candidate_channels
        on
            effort.tenant_id = candidate_channels.tenant_id
            and effort.person_id = candidate_channels.person_id

    group by
        effort.tenant_id,
        effort.recruiter_id,
        effort.effort_month,
        effort.driver,
        effort.preference,
        coalesce(candidate_channels.channel, 'unknown')

),

-- Whose own time is given has it spread by their own effort.
timed_recruiters as (

    select distinct
        tenant_id,
        recruiter_id,
        cost_month

    from staff_time

    where recruiter_id is not null and channel is null

),

tallied as (

    select
        tenant_id,
        effort_key,
        effort_month,
        driver,
        preference,
        channel,
        events
    from logged
    where events > 0
    union all
    select
        tenant_id,
        '(all)' as effort_key,
        effort_month,
        driver,
        preference,
        channel,
        cast(sum(events) as bigint) as events
    from by_recruiter
    group by tenant_id, effort_month, driver, preference, channel
    union all
    select
        by_recruiter.tenant_id,
        by_recruiter.recruiter_id as effort_key,
        by_recruiter.effort_month,
        by_recruiter.driver,
        by_recruiter.preference,
        by_recruiter.channel,
        by_recruiter.events
    from by_recruiter
    inner join timed_recruiters
        on
            by_recruiter.tenant_id = timed_recruiters.tenant_id
            and by_recruiter.recruiter_id = timed_recruiters.recruiter_id
            and by_recruiter.effort_month = timed_recruiters.cost_month

),

preferred as (

    select
        *,
        min(preference) over (
            partition by tenant_id, effort_key, effort_month
        ) as best_preference

    from tallied

),

shares as (

    select
        tenant_id,
        effort_key,
        effort_month,
        driver,
        channel,
        cast(events as bigint) as events,
        cast(sum(events) over (
            partition by tenant_id, effort_key, effort_month
            order by channel asc nulls last
            rows between unbounded preceding and current row
        ) as bigint) as running_events,
        cast(sum(events) over (
            partition by tenant_id, effort_key, effort_month
        ) as bigint) as all_events

    from preferred

    where preference = best_preference

)

select * from shares
