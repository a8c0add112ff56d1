with

events as (

    select *

    from {{ ref('int_stage_events') }}

    where cast(entered_at as date) <= {{ as_of_date() }}

),

described as (

    select

        ---------- ids
        stage_event_id,
        tenant_id,
        application_id,
        person_id,
        job_id,
        company_id,
        recruiter_id,

        ---------- strings
        stage,
        stage_group,

        ---------- numerics
        stage_sequence,
        case
            when cast(exited_at as date) <= {{ as_of_date() }}
                then {{ hours_between('entered_at', 'exited_at') }} / 24
        end as days_in_stage,

        ---------- booleans
        row_number() over (
            partition by tenant_id, application_id, stage_group
            order by stage_sequence asc nulls last
        ) = 1 as is_first_of_group,

        ---------- timestamps
        cast(entered_at as timestamp) as entered_at,
        case
            when cast(exited_at as date) <= {{ as_of_date() }}
                then cast(exited_at as timestamp)
        end as exited_at

    from events

)

select * from described
