with

jobs as (

    select *

    from {{ ref('int_jobs') }}

    where company_rule in ('no_client', 'unknown_client')

),

placements as (

    select
        job_id,
        count(*) as started_placements

    from {{ ref('int_placements') }}

    where is_started and job_id is not null

    group by job_id

),

applications as (

    select
        job_id,
        count(*) as applications

    from {{ ref('int_applications') }}

    where job_id is not null

    group by job_id

),

counted as (

    select
        jobs.job_id,
        jobs.tenant_id,
        jobs.company_rule,
        cast(coalesce(applications.applications, 0) as bigint) as applications,
        cast(coalesce(placements.started_placements, 0) as bigint)
            as started_placements

    from jobs

    left join applications
        on jobs.job_id = applications.job_id

    left join placements
        on jobs.job_id = placements.job_id

)

select * from counted
