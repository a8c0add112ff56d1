with

jobs as (

    select * from {{ ref('int_jobs') }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

-- Whatever was once shown to the client, also when the present status says
-- rejected.
shown as (

    select
        tenant_id,
        application_id,
        min(cast(entered_at as date)) as presented_date

    from {{ ref('int_stage_events') }}

    where
        stage_group in ('submitted', 'interview', 'offer', 'hired')
        and cast(entered_at as date) <= {{ as_of_date() }}

    group by tenant_id, application_id

),

-- A candidate presented twice for one job is one candidate.
presented as (

    select
        applications.tenant_id,
        applications.job_id,
        coalesce(applications.person_id, applications.application_id)
            as candidate_id,
        coalesce(min(people.candidate_channel), 'unknown') as channel,
        min(shown.presented_date) as presented_date

    from {{ ref('int_applications') }} as applications

    inner join shown
        on
            applications.tenant_id = shown.tenant_id
            and applications.application_id = shown.application_id

    left join people
        on
            applications.tenant_id = people.tenant_id
            and applications.person_id = people.person_id

    where applications.job_id is not null

    group by
        applications.tenant_id, applications.job_id,
        coalesce(applications.person_id, applications.application_id)

),

counted as (

    select
        tenant_id,
        job_id,
        count(*) as candidates,
        count(distinct case when channel <> 'unknown' then channel end)
            as known_sources,
        sum(case when channel = 'unknown' then 1 else 0 end)
            as unknown_candidates,
        min(presented_date) as first_presented_date

    from presented

    group by tenant_id, job_id

),

slates as (

    select

        ---------- ids
        jobs.tenant_id,
        jobs.job_id,
        coalesce(companies.top_company_id, '(none)') as company_id,

        ---------- numerics
        cast(coalesce(counted.candidates, 0) as bigint) as candidates,
        cast(coalesce(counted.known_sources, 0) as bigint) as known_sources,
        cast(coalesce(counted.unknown_candidates, 0) as bigint)
            as unknown_candidates,

        ---------- dates
        coalesce(cast(jobs.opened_at as date), counted.first_presented_date)
            as opened_date

    from jobs

    left join companies
        on
            jobs.tenant_id = companies.tenant_id
            and jobs.company_id = companies.company_id

    left join counted
        on
            jobs.tenant_id = counted.tenant_id
            and jobs.job_id = counted.job_id

)

select * from slates

where opened_date <= {{ as_of_date() }}
