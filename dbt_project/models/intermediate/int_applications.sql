with

submissions as (

    select
        *,
        {{ status_group('status') }} as status_group

    from {{ ref('stg_bullhorn__job_submissions') }}

    where {{ usable() }}

),

candidates as (

    select
        links.record_id as candidate_id,
        links.person_id,
        records.source

    from {{ ref('int_person_members') }} as links
    inner join {{ ref('int_person_records') }} as records
        on links.person_record_id = records.person_record_id

    where links.record_kind = 'candidate'

),

steps as (

    select
        application_id,
        min(
            case when {{ status_group('stage') }} = 'hired' then entered_at end
        ) as hired_at,
        max(
            case when {{ status_group('stage') }} = 'rejected' then entered_at end
        ) as rejected_at

    from {{ ref('stg_bullhorn__job_submission_history') }}

    where {{ usable() }}

    group by application_id

),

placements as (

    select
        application_id,
        placement_id,
        added_at,
        row_number() over (
            partition by application_id
            order by
                added_at asc nulls last,
                lpad(source_record_id, 40, '0') asc nulls last
        ) as placement_rank

    from {{ ref('stg_bullhorn__placements') }}

    where
        {{ usable() }}
        and status <> 'canceled'
        and application_id is not null

),

applications as (

    select
        record.application_id,
        {{ provenance('record') }},
        candidates.person_id,
        jobs.job_id,
        jobs.company_id,
        coalesce(senders.recruiter_id, jobs.recruiter_id) as recruiter_id,
        placements.placement_id,
        record.status,
        record.status_group,
        coalesce(record.source, candidates.source) as source,
        placements.placement_id is not null as is_hired,
        record.status_group = 'rejected' as is_rejected,
        coalesce(record.web_response_at, record.added_at) as applied_at,
        case
            when placements.placement_id is not null
                then coalesce(steps.hired_at, placements.added_at)
        end as hired_at,
        case when record.status_group = 'rejected' then steps.rejected_at end
            as rejected_at

    from submissions as record
    left join candidates
        on record.candidate_id = candidates.candidate_id
    left join {{ ref('int_jobs') }} as jobs
        on record.job_id = jobs.job_id
    left join {{ ref('int_recruiters') }} as senders
        on record.recruiter_id = senders.recruiter_id
    left join placements
        on
            record.application_id = placements.application_id
            and placements.placement_rank = 1
    left join steps
        on record.application_id = steps.application_id

)

select * from applications
