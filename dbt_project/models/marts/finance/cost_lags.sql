with

placements as (

    select * from {{ ref('int_placements') }}

),

-- From the job's opening to the accepted offer; an offer before the opening
-- is a slip of the pen.
filled as (

    select
        placements.tenant_id,
        cast({{ days_between(
            'jobs.opened_at',
            'coalesce(applications.hired_at, placements.added_at)'
        ) }} as double) as days_to_fill

    from placements

    inner join {{ ref('int_jobs') }} as jobs
        on placements.job_id = jobs.job_id

    left join {{ ref('int_applications') }} as applications
        on placements.application_id = applications.application_id

    where
        placements.is_started
        and jobs.opened_at
        <= coalesce(applications.hired_at, placements.added_at)

),

medians as (

    select
        tenant_id,
        cast(percentile_cont(0.5) within group (
            order by days_to_fill asc nulls last
        ) as double) as median_days_to_fill,
        cast(count(*) as bigint) as fills

    from filled

    group by tenant_id

),

agencies as (

    select distinct tenant_id

    from placements

),

lags as (

    select
        agencies.tenant_id,
        medians.median_days_to_fill,
        coalesce(medians.fills, 0) as fills,
        -- A month has 365.25 / 12 days. At least one month, at most twelve;
        -- one where nothing was filled.
        cast(least(12, greatest(1, ceil(
            coalesce(medians.median_days_to_fill, 0e0) / 30.4375e0
        ))) as int) as lag_months

    from agencies

    left join medians
        on agencies.tenant_id = medians.tenant_id

)

select * from lags
