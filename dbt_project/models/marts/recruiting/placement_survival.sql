with

placements as (

    select *

    from {{ ref('fct_placements') }}

    where is_started

),

-- Fixed on the first day of the referred placement: what becomes of the
-- referrer later must not sort placements by how long they lasted.
referrer_states as (

    select
        referred.placement_id,
        max(case
            when own.is_terminated and own.end_date is null then 1
            when coalesce(own.end_date >= referred.start_date, true) then 3
            else 2
        end) as referrer_state

    from placements as referred

    inner join placements as own
        on
            referred.tenant_id = own.tenant_id
            and referred.referrer_person_id = own.person_id

    where own.start_date <= referred.start_date

    group by referred.placement_id

),

described as (

    select
        placements.placement_id,
        placements.tenant_id,
        placements.person_id,
        placements.company_id,
        placements.recruiter_id,
        placements.referrer_person_id,
        case
            when placements.employment_type = 'perm' then 'perm'
            when placements.employment_type = 'unknown' then 'unknown'
            else 'contract'
        end as population,
        placements.referral_status,
        case
            when placements.referral_status <> 'referred'
                then placements.referral_status
            when placements.referrer_person_id is null then 'referrer_unknown'
            when referrer_states.referrer_state = 3 then 'referrer_placed'
            when referrer_states.referrer_state = 2 then 'referrer_left'
            when referrer_states.referrer_state = 1 then 'referrer_unknown'
            else 'referrer_never_placed'
        end as referrer_status,
        placements.job_family,
        placements.seniority,
        placements.is_terminated and placements.end_date is null
            as is_end_unknown,
        placements.is_falloff,
        placements.is_guarantee_over,
        coalesce(
            placements.guarantee_days > 0 and not placements.is_guarantee_over,
            false
        ) as is_guarantee_running,
        coalesce(
            placements.is_terminated
            and placements.end_date <= {{ as_of_date() }},
            false
        ) as has_left,
        placements.start_date,
        placements.start_month,
        least(
            coalesce(placements.end_date, {{ as_of_date() }}), {{ as_of_date() }}
        ) as last_seen_date

    from placements

    left join referrer_states
        on placements.placement_id = referrer_states.placement_id

),

followed as (

    select
        placement_id,
        tenant_id,
        person_id,
        company_id,
        recruiter_id,
        referrer_person_id,
        population,
        referral_status,
        referrer_status,
        job_family,
        seniority,
        case
            when not is_end_unknown
                then {{ days_between('start_date', 'last_seen_date') }}
        end as duration_days,
        has_left,
        is_end_unknown,
        is_falloff,
        is_guarantee_over,
        is_guarantee_running,
        start_date,
        start_month

    from described

)

select * from followed
