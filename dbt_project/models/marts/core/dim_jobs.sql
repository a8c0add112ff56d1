{#- A job that says no number of openings, or none, has one. -#}
{%- set wanted = 'case when jobs.openings > 0 then jobs.openings else 1 end' -%}

with

jobs as (

    select * from {{ ref('int_jobs') }}

),

titles as (

    select * from {{ ref('job_titles') }}

),

openings as (

    select
        job_id,
        count(*) - 1 as reopenings,
        min(opened_at) as first_opened_at,
        max(opened_at) as last_opened_at,
        max(closed_at) as last_closed_at,
        bool_or(is_open) as is_open

    from {{ ref('int_job_openings') }}

    where cast(opened_at as date) <= {{ as_of_date() }}

    group by job_id

),

-- A job is filled by accepted offers whose placement was not canceled.
hires as (

    select
        job_id,
        count(*) as hires,
        min(hired_at) as first_hired_at,
        max(hired_at) as last_hired_at

    from {{ ref('int_applications') }}

    where is_hired and cast(hired_at as date) <= {{ as_of_date() }}

    group by job_id

),

described as (

    select

        ---------- ids
        jobs.job_id,
        jobs.tenant_id,
        jobs.company_id,
        jobs.contact_id,
        jobs.recruiter_id,

        ---------- strings
        jobs.title,
        jobs.employment_type,
        coalesce(titles.job_family, 'unknown') as job_family,
        coalesce(titles.seniority, 'unknown') as seniority,
        jobs.status,

        ---------- numerics
        jobs.openings,
        cast(coalesce(hires.hires, 0) as int) as hires,
        cast(coalesce(openings.reopenings, 0) as int) as reopenings,

        ---------- booleans
        coalesce(openings.is_open, false) as is_open,
        coalesce(hires.hires >= {{ wanted }}, false) as is_filled,

        ---------- dates
        cast(openings.first_opened_at as date) as opened_date,
        cast(openings.last_opened_at as date) as last_opened_date,
        case
            when not coalesce(openings.is_open, true)
                then cast(openings.last_closed_at as date)
        end as closed_date,
        cast(hires.first_hired_at as date) as first_hired_date,
        case
            when hires.hires >= {{ wanted }}
                then cast(hires.last_hired_at as date)
        end as filled_date

    from jobs

    left join openings
        on jobs.job_id = openings.job_id

    left join hires
        on jobs.job_id = hires.job_id

    left join titles
        on
            jobs.tenant_id = titles.tenant_id
            and jobs.title = titles.title

)

select * from described
