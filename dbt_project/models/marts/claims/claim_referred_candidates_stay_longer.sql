with

comparisons as (

    select *

    from {{ ref('placement_comparisons') }}

    -- Contracts end by plan, and whoever started this year could not be
    -- followed for one.
    where population = 'perm' and period = 'all' and cut_by = 'all'

),

people as (

    select
        tenant_id,
        period_start,
        max(case when cut = 'referred' then people end) as referred_people,
        max(case when cut <> 'referred' then people end) as other_people

    from {{ ref('placement_cohorts') }}

    where
        population = 'perm'
        and period = 'all'
        and basis = 'followed'
        and cut_by = 'referral_status'
        and cut in ('referred', 'not_referred', 'not_referred_or_unknown')

    group by tenant_id, period_start

),

means as (

    select
        tenant_id,
        period_start,
        max(case when cut = 'referred' then rmst end) as referred_days,
        max(case when cut <> 'referred' then rmst end) as other_days

    from {{ ref('placement_survival_summaries') }}

    where
        population = 'perm'
        and period = 'all'
        and stratum = 'all'
        and cut_by = 'referral_status'
        and cut in ('referred', 'not_referred', 'not_referred_or_unknown')

    group by tenant_id, period_start

),

estimates as (

    select
        comparisons.tenant_id,
        'referred_candidates_stay_longer' as claim,
        'days_of_first_year' as measure,
        comparisons.period,
        comparisons.period_start,
        comparisons.adjustment,
        comparisons.rmst_difference as estimate,
        comparisons.rmst_difference
        - {{ z95() }} * nullif(comparisons.rmst_difference_se, 0e0) as ci_low,
        comparisons.rmst_difference
        + {{ z95() }} * nullif(comparisons.rmst_difference_se, 0e0) as ci_high,
        nullif(comparisons.rmst_difference_se, 0e0) as standard_error,
        people.referred_people as n_a,
        people.other_people as n_b,
        comparisons.referred_leavers as events_a,
        comparisons.leavers - comparisons.referred_leavers as events_b,
        case
            when comparisons.adjustment = 'crude' then means.referred_days
        end as value_a,
        case
            when comparisons.adjustment = 'crude' then means.other_days
        end as value_b

    from comparisons

    left join people
        on
            comparisons.tenant_id = people.tenant_id
            and comparisons.period_start = people.period_start

    left join means
        on
            comparisons.tenant_id = means.tenant_id
            and comparisons.period_start = means.period_start

)

select * from estimates
