{# Days since the first placement began: people refer most when it is new. #}
{% set tenures = [(0, 90), (90, 180), (180, 365), (365, 36500)] %}
{# Person-time of each state: name, from, until. #}
{% set states = [
    ('before', 'placed_at', 'soured_at'),
    ('unrecovered', 'soured_at', 'coalesce(recovered_at, last_seen_at)'),
    ('recovered', 'recovered_at', 'last_seen_at'),
] %}
{% set comparisons = [
    ('rate_after_less_before', 'true'),
    ('rate_unrecovered_less_before', "state <> 'recovered'"),
    (
        'rate_recovered_less_before',
        "state <> 'unrecovered' and recovered_at is not null"
    ),
] %}

with

experiences as (

    select * from {{ ref('claim_bad_experiences') }}

),

periods as (

    select *

    from {{ ref('claim_periods') }}

    where period = 'all'

),

referrals as (

    select * from {{ ref('claim_referrals_made') }}

),

tenures as (

    {% for first, last in tenures -%}
    select
        '{{ first }} days' as tenure,
        {{ first }}e0 as from_day,
        {{ last }}e0 as until_day
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

states as (

    {% for state, start, end in states -%}
    select
        tenant_id,
        person_id,
        '{{ state }}' as state,
        placed_at,
        recovered_at,
        {{ hours_between('placed_at', start) }} / 24e0 as from_day,
        {{ hours_between('placed_at', end) }} / 24e0 as until_day
    from experiences
    where soured_at is not null and {{ start }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Each person's time from the first placement on, cut where the state changes
-- and where a tenure ends.
spells as (

    select
        states.tenant_id,
        states.person_id,
        states.state,
        states.placed_at,
        states.recovered_at,
        tenures.tenure,
        greatest(states.from_day, tenures.from_day) as from_day,
        least(states.until_day, tenures.until_day) as until_day

    from states

    cross join tenures

    where
        greatest(states.from_day, tenures.from_day)
        < least(states.until_day, tenures.until_day)

),

referral_days as (

    select
        experiences.tenant_id,
        experiences.person_id,
        {{ hours_between('experiences.placed_at', 'referrals.referred_at') }}
        / 24e0 as referred_day

    from experiences

    inner join referrals
        on
            experiences.tenant_id = referrals.tenant_id
            and experiences.person_id = referrals.person_id

    where experiences.soured_at is not null

),

counted as (

    select
        spells.tenant_id,
        spells.person_id,
        spells.state,
        spells.tenure,
        spells.from_day,
        count(referral_days.referred_day) as referrals

    from spells

    inner join referral_days
        on
            spells.tenant_id = referral_days.tenant_id
            and spells.person_id = referral_days.person_id

    where
        referral_days.referred_day >= spells.from_day
        and referral_days.referred_day < spells.until_day

    group by
        spells.tenant_id, spells.person_id, spells.state, spells.tenure,
        spells.from_day

),

lived as (

    select
        spells.*,
        (spells.until_day - spells.from_day) / 365.25e0 as years,
        coalesce(counted.referrals, 0) as referrals

    from spells

    left join counted
        on
            spells.tenant_id = counted.tenant_id
            and spells.person_id = counted.person_id
            and spells.state = counted.state
            and spells.tenure = counted.tenure

),

within_person as (

    {% for measure, condition in comparisons -%}
    select
        lived.tenant_id,
        '{{ measure }}' as measure,
        lived.tenure as stratum,
        lived.person_id,
        case when lived.state = 'before' then 0 else 1 end as is_side_a,
        lived.referrals as outcome,
        lived.years as exposure
    from lived
    where {{ condition }}
    union all
    {% endfor %}

    -- Everyone is followed for the same 365 days from the first answer.
    select
        experiences.tenant_id,
        'referrals_next_365_days' as measure,
        experiences.job_stratum as stratum,
        experiences.person_id,
        case when experiences.first_score <= 6 then 1 else 0 end as is_side_a,
        coalesce(sum(
            case
                when
                    referrals.referred_at > experiences.first_answered_at
                    and {{ hours_between(
                        'experiences.first_answered_at', 'referrals.referred_at'
                    ) }} <= 365 * 24
                    then 1
                else 0
            end
        ), 0) as outcome,
        1e0 as exposure

    from experiences

    left join referrals
        on
            experiences.tenant_id = referrals.tenant_id
            and experiences.person_id = referrals.person_id

    where
        {{ hours_between(
            'experiences.first_answered_at', 'experiences.last_seen_at'
        ) }} >= 365 * 24

    group by
        experiences.tenant_id, experiences.job_stratum, experiences.person_id,
        experiences.first_score

),

units as (

    select
        within_person.tenant_id,
        'bad_experience_costs_referrals' as claim,
        within_person.measure,
        periods.period,
        periods.period_start,
        within_person.stratum,
        within_person.person_id as cluster_id,
        within_person.person_id,
        within_person.is_side_a,
        within_person.outcome,
        within_person.exposure,
        within_person.outcome as events

    from within_person

    inner join periods
        on within_person.tenant_id = periods.tenant_id

)

select * from units
