with

jobs as (

    select * from {{ ref('int_jobs') }}

),

versions as (

    select
        job_id,
        version,
        closed_at,
        coalesce(is_open, closed_at is null) as is_open

    from {{ ref('stg_bullhorn__job_order_versions') }}

    where op = 'upsert' and not is_deleted

),

compared as (

    select
        *,
        lag(is_open) over (
            partition by job_id order by version asc nulls last
        ) as was_open

    from versions

),

-- An opening begins with the job, and again with every version that is open
-- after one that was not.
numbered as (

    select
        *,
        sum(
            case when is_open and not coalesce(was_open, true) then 1 else 0 end
        ) over (
            partition by job_id
            order by version asc nulls last
            rows between unbounded preceding and current row
        ) as reopenings

    from compared

),

seen as (

    select
        job_id,
        reopenings + 1 as opening_number,
        min(version) as first_seen_at,
        max(case when not is_open then closed_at end) as said_closed_at,
        min(case when not is_open then version end) as seen_closed_at,
        max(case when not is_open then 1 else 0 end) = 1 as is_closed

    from numbered

    group by job_id, reopenings

),

openings as (

    select
        jobs.job_id || '#' || seen.opening_number as opening_id,
        {{ provenance('jobs') }},
        jobs.job_id,
        cast(seen.opening_number as int) as opening_number,
        case
            when seen.opening_number = 1 then jobs.opened_at
            else seen.first_seen_at
        end as opened_at,
        case
            when seen.is_closed
                then coalesce(seen.said_closed_at, seen.seen_closed_at)
        end as closed_at,
        not seen.is_closed as is_open

    from jobs

    inner join seen
        on jobs.job_id = seen.job_id

    union all

    -- A job without any version is known as it stands.
    select
        jobs.job_id || '#1' as opening_id,
        {{ provenance('jobs') }},
        jobs.job_id,
        1 as opening_number,
        jobs.opened_at,
        jobs.closed_at,
        coalesce(jobs.is_open, jobs.closed_at is null) as is_open

    from jobs

    left join seen
        on jobs.job_id = seen.job_id

    where seen.job_id is null

)

select * from openings
