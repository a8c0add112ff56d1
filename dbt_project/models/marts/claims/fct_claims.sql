with

estimates as (

    select * from {{ ref('claim_estimates') }}

),

periods as (

    select * from {{ ref('claim_periods') }}

),

claims as (

    {% for claim in claims() -%}
    select
        '{{ claim.claim }}' as claim,
        '{{ claim.measure }}' as measure,
        '{{ claim.text }}' as claim_text,
        '{{ claim.direction }}' as direction,
        '{{ claim.unit }}' as unit,
        '{{ claim.side_a }}' as side_a,
        '{{ claim.side_b }}' as side_b,
        '{{ claim.method }}' as method,
        'Association, not cause. {{ claim.caveat }}' as caveat
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

adjustments as (

    select 'crude' as adjustment
    union all
    select 'stratified' as adjustment

),

-- A claim of which nothing is on record says so. Spend knows no job, and who
-- was placed this year could not be followed for one.
asked as (

    select
        periods.tenant_id,
        periods.period,
        periods.period_start,
        adjustments.adjustment,
        claims.*

    from periods

    cross join claims

    cross join adjustments

    where
        (
            claims.claim <> 'referrals_lower_cost_per_hire'
            or adjustments.adjustment = 'crude'
        )
        and (
            claims.claim not in (
                'referred_candidates_stay_longer',
                'bad_experience_costs_referrals'
            )
            or periods.period = 'all'
        )

),

answered as (

    select

        ---------- ids
        asked.tenant_id,
        asked.claim,
        asked.measure,

        ---------- strings
        asked.period,
        asked.adjustment,
        asked.claim_text,
        asked.direction,
        asked.unit,
        asked.side_a,
        asked.side_b,
        coalesce(estimates.verdict, 'insufficient') as verdict,
        asked.method || case
            when asked.adjustment = 'stratified'
                then ', strata weighed as in Mantel and Haenszel'
            else ''
        end as method,
        asked.caveat,
        case
            when estimates.claim is null then 'insufficient: nothing on record'
            else estimates.note
        end as note,

        ---------- numerics
        {% for figure in [
            'estimate', 'ci_low', 'ci_high', 'value_a', 'value_b'
        ] -%}
        cast(
            case when not estimates.is_suppressed then estimates.{{ figure }} end
            as double
        ) as {{ figure }},
        {% endfor -%}
        cast(coalesce(estimates.n_a, 0) + coalesce(estimates.n_b, 0) as bigint)
            as n,
        cast(coalesce(estimates.n_a, 0) as bigint) as n_a,
        cast(coalesce(estimates.n_b, 0) as bigint) as n_b,
        {% for events in ['events_a', 'events_b'] -%}
        cast(
            case when not estimates.is_suppressed then estimates.{{ events }} end
            as bigint
        ) as {{ events }},
        {% endfor %}

        ---------- booleans
        coalesce(estimates.is_suppressed, false) as is_suppressed,

        ---------- dates
        asked.period_start

    from asked

    left join estimates
        on
            asked.tenant_id = estimates.tenant_id
            and asked.claim = estimates.claim
            and asked.measure = estimates.measure
            and asked.period = estimates.period
            and asked.period_start = estimates.period_start
            and asked.adjustment = estimates.adjustment

)

select * from answered
