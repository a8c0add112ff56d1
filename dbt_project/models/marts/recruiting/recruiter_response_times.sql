with

applications as (

    select *

    from {{ ref('int_applications') }}

    where cast(applied_at as date) <= {{ as_of_date() }}

),

-- The entry an application is created with bears its own instant: what comes
-- later is an answer.
moved as (

    select
        applications.tenant_id,
        applications.application_id,
        min(stages.entered_at) as moved_at

    from applications

    inner join {{ ref('int_stage_events') }} as stages
        on
            applications.tenant_id = stages.tenant_id
            and applications.application_id = stages.application_id

    where
        stages.entered_at > applications.applied_at
        and cast(stages.entered_at as date) <= {{ as_of_date() }}

    group by applications.tenant_id, applications.application_id

),

joined as (

    select
        applications.tenant_id,
        applications.application_id,
        coalesce(applications.recruiter_id, '(none)') as recruiter_id,
        applications.applied_at,
        moved.moved_at

    from applications

    left join moved
        on
            applications.tenant_id = moved.tenant_id
            and applications.application_id = moved.application_id

)

select
    tenant_id,
    application_id,
    recruiter_id,
    {{ hours_between('applied_at', 'moved_at') }} as response_hours,
    cast(applied_at as date) as applied_date

from joined
