with

recruiters as (

    select * from {{ ref('int_recruiters') }}

),

placements as (

    select
        tenant_id,
        recruiter_id,
        count(*) as placements_started,
        min(start_date) as first_start_date,
        max(start_date) as last_start_date

    from {{ ref('fct_placements') }}

    where
        is_started
        and recruiter_id is not null
        and start_date <= {{ as_of_date() }}

    group by tenant_id, recruiter_id

),

described as (

    select

        ---------- ids
        recruiters.recruiter_id,
        recruiters.tenant_id,

        ---------- numerics
        cast(coalesce(placements.placements_started, 0) as bigint)
            as placements_started,

        ---------- booleans
        recruiters.is_enabled,
        recruiters.is_deleted,

        ---------- dates
        placements.first_start_date,
        placements.last_start_date

    from recruiters

    left join placements
        on
            recruiters.tenant_id = placements.tenant_id
            and recruiters.recruiter_id = placements.recruiter_id

)

select * from described
