with

candidate_channels as (

    select * from {{ ref('candidate_channels') }}

),

-- Screens, submissions and interviews of all candidates, placed or not;
-- applications only where a month has none of these.
effort as (

    select
        tenant_id,
        person_id,
        {{ month_of('entered_at') }} as effort_month,
        'stage_events' as driver,
        1 as preference

    from {{ ref('int_stage_events') }}

    where stage_group in ('screening', 'submitted', 'interview')

    union all

    select
        tenant_id,
        person_id,
        {{ month_of('applied_at') }} as effort_month,
        'applications' as driver,
        2 as preference

    from {{ ref('int_applications') }}

),

tallied as (

    select
        effort.tenant_id,
        effort.effort_month,
        effort.driver,
        effort.preference,
        coalesce(candidate_channels.channel, 'unknown') as channel,
        count(*) as events

    from effort

    left join candidate_channels
        on effort.person_id = candidate_channels.person_id

    group by
        effort.tenant_id,
        effort.effort_month,
        effort.driver,
        effort.preference,
        coalesce(candidate_channels.channel, 'unknown')

),

preferred as (

    select
        *,
        min(preference) over (
            partition by tenant_id, effort_month
        ) as best_preference

    from tallied

),

shares as (

    select
        tenant_id,
        effort_month,
        driver,
        channel,
        cast(events as bigint) as events,
        cast(sum(events) over (
            partition by tenant_id, effort_month
            order by channel asc nulls last
            rows between unbounded preceding and current row
        ) as bigint) as running_events,
        cast(sum(events) over (
            partition by tenant_id, effort_month
        ) as bigint) as all_events

    from preferred

    where preference = best_preference

)

select * from shares
