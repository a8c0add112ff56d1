with

hires as (

    select *

    from {{ ref('fct_applications') }}

    where placement_id is not null and accepted_at is not null

),

openings as (

    select * from {{ ref('int_job_openings') }}

    where opened_at is not null

),

-- The last time the job was opened before the offer was accepted.
matched as (

    select
        hires.application_id,
        hires.tenant_id,
        hires.person_id,
        hires.job_id,
        hires.company_id,
        hires.recruiter_id,
        hires.employment_type,
        hires.job_family,
        hires.seniority,
        openings.opening_id,
        openings.opening_number,
        openings.opened_at,
        hires.accepted_at,
        row_number() over (
            partition by hires.application_id
            order by openings.opening_number desc nulls last
        ) as recency

    from hires

    inner join openings
        on hires.job_id = openings.job_id

    where openings.opened_at <= hires.accepted_at

),

fills as (

    select
        application_id,
        tenant_id,
        person_id,
        job_id,
        company_id,
        recruiter_id,
        employment_type,
        job_family,
        seniority,
        opening_id,
        opening_number,
        {{ days_between('opened_at', 'accepted_at') }} as days_to_fill,
        opened_at,
        accepted_at

    from matched

    where recency = 1

)

select * from fills
