with

periods as (

    select * from {{ ref('claim_periods') }}

),

-- Everyone is given the same time: who applied later is left out, and an offer
-- accepted after it is none.
applications as (

    select
        *,
        cast(applied_at as date) as applied_date,
        case
            when
                outcome in ('placed', 'start_expected')
                and {{ days_between('applied_at', 'accepted_at') }}
                <= {{ days_to_be_hired() }}
                then 1
            else 0
        end as hired

    from {{ ref('fct_applications') }}

    where
        person_id is not null
        and {{ days_between('applied_at', as_of_date()) }}
        >= {{ days_to_be_hired() }}

),

units as (

    select
        applications.tenant_id,
        'referred_candidates_succeed_more' as claim,
        'placement_rate' as measure,
        periods.period,
        periods.period_start,
        applications.job_family || ' | ' || applications.seniority as stratum,
        applications.person_id as cluster_id,
        applications.person_id,
        case
            when applications.referral_status = 'referred' then 1 else 0
        end as is_side_a,
        applications.hired as outcome,
        1 as exposure,
        applications.hired as events

    from applications

    inner join periods
        on applications.tenant_id = periods.tenant_id

    where
        applications.applied_date >= periods.period_start
        and applications.applied_date < periods.period_end
        -- Whether they were referred is not known: they stand on neither side.
        and applications.referral_status in ('referred', 'not_referred')

)

select * from units
