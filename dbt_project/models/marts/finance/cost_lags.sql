with

placements as (

    select * from {{ ref('int_placements') }}

),

fills as (

    select * from {{ ref('job_fills') }}

),

medians as (

    select
        tenant_id,
        cast(percentile_cont(0.5) within group (
            order by cast(days_to_fill as double) asc nulls last
        ) as double) as median_days_to_fill,
        cast(count(*) as bigint) as fills

    from fills

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
