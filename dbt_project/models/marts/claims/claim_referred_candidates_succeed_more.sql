with

periods as (

    select * from {{ ref('claim_periods') }}

),

touchpoints as (

    select *

    from {{ ref('fct_touchpoints') }}

    where
        subject_kind = 'candidate'
        and subject_id is not null
        and not is_self_referral

),

jobs as (

    select * from {{ ref('dim_jobs') }}

),

-- Everyone is given the same time to be hired: who applied later is left out,
-- and a hire after it is none.
applications as (

    select
        tenant_id,
        application_id,
        person_id,
        job_id,
        applied_at,
        cast(applied_at as date) as applied_date,
        case
            when
                is_hired
                and {{ days_between(
                    'cast(applied_at as date)', 'cast(hired_at as date)'
                ) }} <= {{ days_to_be_hired() }}
                then 1
            else 0
        end as hired

    from {{ ref('int_applications') }}

    where
        person_id is not null
        and {{ days_between('cast(applied_at as date)', as_of_date()) }}
        >= {{ days_to_be_hired() }}

),

-- What was known on the day of the application: a referral recorded later may
-- have been recorded because of the hire.
known as (

    select
        applications.tenant_id,
        applications.application_id,
        bool_or(touchpoints.is_referral) as is_referred,
        bool_and(touchpoints.channel = 'unknown') as is_unknown,
        bool_or(touchpoints.evidence = 'unresolved_text') as has_unresolved

    from applications

    inner join touchpoints
        on
            applications.tenant_id = touchpoints.tenant_id
            and applications.person_id = touchpoints.subject_id

    where
        touchpoints.touched_at <= applications.applied_at
        and {{ days_between(
            'cast(touchpoints.touched_at as date)', 'applications.applied_date'
        ) }} <= {{ var('candidate_look_back_days', 365) }}

    group by applications.tenant_id, applications.application_id

),

units as (

    select
        applications.tenant_id,
        'referred_candidates_succeed_more' as claim,
        'placement_rate' as measure,
        periods.period,
        periods.period_start,
        coalesce(jobs.job_family, 'unknown')
        || ' | ' || coalesce(jobs.seniority, 'unknown') as stratum,
        applications.person_id as cluster_id,
        applications.person_id,
        case when known.is_referred then 1 else 0 end as is_side_a,
        applications.hired as outcome,
        1 as exposure,
        applications.hired as events

    from applications

    inner join known
        on
            applications.tenant_id = known.tenant_id
            and applications.application_id = known.application_id

    inner join periods
        on applications.tenant_id = periods.tenant_id

    left join jobs
        on
            applications.tenant_id = jobs.tenant_id
            and applications.job_id = jobs.job_id

    where
        applications.applied_date >= periods.period_start
        and applications.applied_date < periods.period_end
        -- Whether they were referred is not known: they stand on neither side.
        and (
            known.is_referred
            or (not known.is_unknown and not known.has_unresolved)
        )

)

select * from units
