with

titles as (

    select * from {{ ref('job_titles') }}

),

blank as (

    select
        tenant_id,
        count(*) as jobs

    from {{ ref('int_jobs') }}

    where title is null

    group by tenant_id

),

unmapped as (

    select
        tenant_id,
        'job_family' as attribute,
        title,
        jobs

    from titles

    where job_family = 'unknown'

    union all

    select
        tenant_id,
        'seniority' as attribute,
        title,
        jobs

    from titles

    where seniority = 'unknown'

    union all

    select
        tenant_id,
        'job_family' as attribute,
        '(blank)' as title,
        cast(jobs as bigint) as jobs

    from blank

)

select * from unmapped
