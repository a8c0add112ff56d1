with

events as (

    select
        record.stage_event_id,
        {{ provenance('record') }},
        applications.application_id,
        applications.person_id,
        applications.job_id,
        applications.company_id,
        recruiters.recruiter_id,
        record.stage,
        {{ status_group('record.stage') }} as stage_group,
        cast(
            row_number() over (
                partition by applications.application_id
                order by
                    record.entered_at asc nulls last,
                    lpad(record.source_record_id, 40, '0') asc nulls last
            ) as int
        ) as stage_sequence,
        record.entered_at,
        lead(record.entered_at) over (
            partition by applications.application_id
            order by
                record.entered_at asc nulls last,
                lpad(record.source_record_id, 40, '0') asc nulls last
        ) as exited_at

    from {{ ref('stg_bullhorn__job_submission_history') }} as record
    inner join {{ ref('int_applications') }} as applications
        on record.application_id = applications.application_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from events
