with

placements as (

    select
        *,
        status in ('approved', 'completed', 'terminated') as is_agreed

    from {{ ref('int_placements') }}

    where status <> 'canceled'

),

judged as (

    select
        placement_id,
        tenant_id,
        status,
        person_id is null as lacks_candidate,
        job_id is null as lacks_job,
        company_id is null as lacks_client,
        start_date is null as lacks_start,
        is_started,
        case
            -- It has been worked, so there was a first day.
            when start_date is null and status in ('completed', 'terminated')
                then 'blocks'
            when start_date is null and is_agreed then 'start_unknown'
            when start_date is null then 'not_agreed'
            when job_id is null then 'job_unknown'
            when company_id is null then 'client_unknown'
            else 'candidate_unknown'
        end as bucket

    from placements

    where
        person_id is null
        or job_id is null
        or company_id is null
        or start_date is null

)

select * from judged
