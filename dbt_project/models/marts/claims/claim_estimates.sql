{% set k = var('suppression_k') %}
{% set columns %}
tenant_id, claim, measure, period, period_start, adjustment, estimate, ci_low,
ci_high, n_a, n_b, events_a, events_b, value_a, value_b
{%- endset %}

with

estimates as (

    select {{ columns }} from {{ ref('claim_differences') }}
    union all
    select {{ columns }} from {{ ref('claim_referrals_lower_cost_per_hire') }}
    union all
    select {{ columns }} from {{ ref('claim_referred_candidates_stay_longer') }}

),

directions as (

    {% for claim in claims() -%}
    select
        '{{ claim.claim }}' as claim,
        '{{ claim.measure }}' as measure,
        '{{ claim.direction }}' as direction
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        estimates.*,
        directions.direction,
        least(
            coalesce(estimates.n_a, 0), coalesce(estimates.n_b, 0)
        ) as fewest,
        coalesce(estimates.events_a < 10 or estimates.events_b < 10, false)
            as has_few_events

    from estimates

    inner join directions
        on
            estimates.claim = directions.claim
            and estimates.measure = directions.measure

),

judged as (

    select
        {{ columns }},
        fewest < {{ k }} as is_suppressed,
        case
            when fewest < {{ k }} then 'suppressed'
            when fewest < 30 or has_few_events or ci_low is null
                then 'insufficient'
            when direction = 'lower' and ci_high < 0e0 then 'supported'
            when direction = 'higher' and ci_low > 0e0 then 'supported'
            when direction = 'lower' and ci_low > 0e0 then 'contradicted'
            when direction = 'higher' and ci_high < 0e0 then 'contradicted'
            else 'inconclusive'
        end as verdict,
        {{ metric_note([
            ('fewest < ' ~ k, 'suppressed: fewer than ' ~ k ~ ' on a side'),
            ('fewest < 30', 'insufficient: fewer than 30 people on a side'),
            ('has_few_events', 'insufficient: fewer than 10 events on a side'),
            ('ci_low is null', 'insufficient: no error can be told'),
        ]) }} as note

    from counted

)

select * from judged
