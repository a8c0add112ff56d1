{% set sources = [
    'claim_referred_candidates_succeed_more',
    'claim_promoting_clients_stay_and_grow',
    'claim_feedback_makes_advocates',
    'claim_bad_experience_costs_referrals',
    'claim_understood_clients_stay',
    'claim_follow_up_wins_back',
] %}

with

{% for source in sources -%}
{{ source }} as (

    select * from {{ ref(source) }}

),

{% endfor -%}

unioned as (

    {% for source in sources -%}
    select
        tenant_id,
        claim,
        measure,
        period,
        period_start,
        stratum,
        cluster_id,
        person_id,
        cast(is_side_a as int) as is_side_a,
        cast(outcome as decimal(18, 6)) as outcome,
        cast(exposure as decimal(18, 6)) as exposure,
        cast(events as bigint) as events
    from {{ source }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Crude: everyone in one stratum.
adjusted as (

    select
        unioned.tenant_id,
        unioned.claim,
        unioned.measure,
        unioned.period,
        unioned.period_start,
        'crude' as adjustment,
        'all' as stratum,
        unioned.cluster_id,
        unioned.person_id,
        unioned.is_side_a,
        unioned.outcome,
        unioned.exposure,
        unioned.events

    from unioned

    union all

    select
        unioned.tenant_id,
        unioned.claim,
        unioned.measure,
        unioned.period,
        unioned.period_start,
        'stratified' as adjustment,
        unioned.stratum,
        unioned.cluster_id,
        unioned.person_id,
        unioned.is_side_a,
        unioned.outcome,
        unioned.exposure,
        unioned.events

    from unioned

    where unioned.stratum <> 'all'

)

select * from adjusted
