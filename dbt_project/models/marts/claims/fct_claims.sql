{% set k = var('suppression_k', 5) %}
{% set row = 'tenant_id, claim, measure, period, period_start, adjustment' %}

with

differences as (

    select * from {{ ref('claim_differences') }}

),

periods as (

    select * from {{ ref('claim_periods') }}

),

claims as (

    {% for claim, measure, text, direction, unit, side_a, side_b in claims() -%}
    select
        '{{ claim }}' as claim,
        '{{ measure }}' as measure,
        '{{ text }}' as claim_text,
        '{{ direction }}' as direction,
        '{{ unit }}' as unit,
        '{{ side_a }}' as side_a,
        '{{ side_b }}' as side_b,
        {{ loop.index }} as place
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

adjustments as (

    select 'crude' as adjustment
    union all
    select 'stratified' as adjustment

),

-- A claim about which nothing is recorded is shown as such.
asked as (

    select
        periods.tenant_id,
        periods.period,
        periods.period_start,
        claims.*,
        adjustments.adjustment

    from periods

    cross join claims

    cross join adjustments

    where
        not (
            claims.claim = 'referrals_lower_cost_per_hire'
            and adjustments.adjustment = 'stratified'
        )
        and not (
            claims.claim in (
                'referred_candidates_stay_longer',
                'bad_experience_costs_referrals'
            )
            and periods.period = 'trailing_12m'
        )

),

found as (

    select
        asked.*,
        coalesce(differences.n_a, 0) as n_a,
        coalesce(differences.n_b, 0) as n_b,
        differences.events_a,
        differences.events_b,
        differences.estimate,
        differences.value_a,
        differences.value_b,
        differences.estimate
        - {{ t95('differences.degrees_of_freedom') }}
        * differences.standard_error as ci_low,
        differences.estimate
        + {{ t95('differences.degrees_of_freedom') }}
        * differences.standard_error as ci_high

    from asked

    left join differences
        on
            asked.tenant_id = differences.tenant_id
            and asked.claim = differences.claim
            and asked.measure = differences.measure
            and asked.period = differences.period
            and asked.period_start = differences.period_start
            and asked.adjustment = differences.adjustment

),

judged as (

    select
        *,
        n_a < {{ k }} or n_b < {{ k }} as is_suppressed,
        case
            when n_a < {{ k }} or n_b < {{ k }} then 'suppressed'
            when n_a < 30 or n_b < 30 or events_a < 10 or events_b < 10
                then 'insufficient'
            when ci_low is null or ci_high is null then 'insufficient'
            when direction = 'lower' and ci_high < 0e0 then 'supported'
            when direction = 'higher' and ci_low > 0e0 then 'supported'
            when direction = 'lower' and ci_low > 0e0 then 'contradicted'
            when direction = 'higher' and ci_high < 0e0 then 'contradicted'
            else 'inconclusive'
        end as verdict

    from found

)

select * from judged
