{# The difference of two ratios of sums, side a less side b, within strata that
   weigh as in Mantel and Haenszel, with the jackknife over clusters for its
   error: one estimator for shares, means, rates and ratios of money. #}
{% set row = 'tenant_id, claim, measure, period, period_start, adjustment' %}

with

units as (

    select * from {{ ref('claim_units') }}

),

sides as (

    select
        {{ row }},
        {% for amount in ['outcome', 'exposure'] -%}
        cast(sum(is_side_a * {{ amount }}) as double) as {{ amount }}_a,
        cast(sum((1 - is_side_a) * {{ amount }}) as double) as {{ amount }}_b,
        {% endfor -%}
        cast(sum(is_side_a * events) as bigint) as events_a,
        cast(sum((1 - is_side_a) * events) as bigint) as events_b,
        count(distinct case when is_side_a = 1 then person_id end) as n_a,
        count(distinct case when is_side_a = 0 then person_id end) as n_b,
        count(distinct case
            when is_side_a = 1 and exposure <> 0 then cluster_id
        end) as clusters_a,
        count(distinct case
            when is_side_a = 0 and exposure <> 0 then cluster_id
        end) as clusters_b

    from units

    group by {{ row }}

),

-- Exact sums: what is left after taking a cluster out must not depend on the
-- order in which they were added.
cells as (

    select
        {{ row }},
        stratum,
        cluster_id,
        sum(is_side_a * outcome) as outcome_a,
        sum(is_side_a * exposure) as exposure_a,
        sum((1 - is_side_a) * outcome) as outcome_b,
        sum((1 - is_side_a) * exposure) as exposure_b

    from units

    group by {{ row }}, stratum, cluster_id

),

strata as (

    select
        *,
        sum(outcome_a) over (partition by {{ row }}, stratum) as all_outcome_a,
        sum(exposure_a) over (partition by {{ row }}, stratum)
            as all_exposure_a,
        sum(outcome_b) over (partition by {{ row }}, stratum) as all_outcome_b,
        sum(exposure_b) over (partition by {{ row }}, stratum)
            as all_exposure_b,
        row_number() over (
            partition by {{ row }}, stratum order by cluster_id asc nulls last
        ) as cell_number

    from cells

),

amounts as (

    select
        {% for amount in [
            'outcome_a', 'exposure_a', 'outcome_b', 'exposure_b'
        ] -%}
        cast(all_{{ amount }} as double) as {{ amount }},
        cast(all_{{ amount }} - {{ amount }} as double) as {{ amount }}_left,
        {% endfor -%}
        {{ row }},
        stratum,
        cluster_id,
        cell_number

    from strata

),

-- A stratum with nobody on one side weighs nothing.
weighed as (

    select
        {% for left in ['', '_left'] -%}
        case
            when exposure_a{{ left }} > 0e0 and exposure_b{{ left }} > 0e0
                then
                    outcome_a{{ left }} * exposure_b{{ left }}
                    / (exposure_a{{ left }} + exposure_b{{ left }})
            else 0e0
        end as weighed_a{{ left }},
        case
            when exposure_a{{ left }} > 0e0 and exposure_b{{ left }} > 0e0
                then
                    outcome_b{{ left }} * exposure_a{{ left }}
                    / (exposure_a{{ left }} + exposure_b{{ left }})
            else 0e0
        end as weighed_b{{ left }},
        case
            when exposure_a{{ left }} > 0e0 and exposure_b{{ left }} > 0e0
                then
                    exposure_a{{ left }} * exposure_b{{ left }}
                    / (exposure_a{{ left }} + exposure_b{{ left }})
            else 0e0
        end as weight{{ left }},
        {% endfor -%}
        {{ row }},
        stratum,
        cluster_id,
        cell_number

    from amounts

),

totals as (

    select
        {% for amount in ['weighed_a', 'weighed_b', 'weight'] -%}
        cast(sum(
            case when cell_number = 1 then {{ summable(amount) }} end
        ) as double) as {{ amount }},
        {% endfor -%}
        {{ row }}

    from weighed

    group by {{ row }}

),

clusters as (

    select
        {{ row }},
        cluster_id,
        cast(sum({{ summable(
            '(weighed_a_left - weighed_b_left) - (weighed_a - weighed_b)'
        ) }}) as double) as excess_taken,
        cast(sum({{ summable('weight_left - weight') }}) as double)
            as weight_taken

    from weighed

    group by {{ row }}, cluster_id

),

replicates as (

    select
        totals.tenant_id,
        totals.claim,
        totals.measure,
        totals.period,
        totals.period_start,
        totals.adjustment,
        totals.weighed_a / nullif(totals.weight, 0e0) as value_a,
        totals.weighed_b / nullif(totals.weight, 0e0) as value_b,
        (totals.weighed_a - totals.weighed_b) / nullif(totals.weight, 0e0)
            as estimate,
        (totals.weighed_a - totals.weighed_b + clusters.excess_taken)
        / case
            when totals.weight + clusters.weight_taken > 1e-9 * totals.weight
                then totals.weight + clusters.weight_taken
        end as estimate_left

    from totals

    inner join clusters
        on
            totals.tenant_id = clusters.tenant_id
            and totals.claim = clusters.claim
            and totals.measure = clusters.measure
            and totals.period = clusters.period
            and totals.period_start = clusters.period_start
            and totals.adjustment = clusters.adjustment

),

-- An estimate that stands on one cluster has no error that could be told.
errors as (

    select
        {{ row }},
        max(value_a) as value_a,
        max(value_b) as value_b,
        max(estimate) as estimate,
        case
            when count(*) >= 2 and count(*) = count(estimate_left)
                then sqrt(
                    cast(sum({{ summable(
                        '(estimate_left - estimate) * (estimate_left - estimate)'
                    ) }}) as double)
                    * (cast(count(*) as double) - 1e0) / cast(count(*) as double)
                )
        end as standard_error

    from replicates

    group by {{ row }}

),

kinds as (

    {% for claim in claims() if claim.kind -%}
    select
        '{{ claim.claim }}' as claim,
        '{{ claim.measure }}' as measure,
        '{{ claim.kind }}' as kind,
        cast({{ claim.largest | default('null') }} as double) as largest
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- How far each side alone might be off if its units were independent.
bounded as (

    select
        sides.*,
        kinds.kind,
        kinds.largest,
        {% for side in ['a', 'b'] -%}
        outcome_{{ side }} / nullif(exposure_{{ side }}, 0e0) as crude_{{ side }},
        {% for end, sign in [('low', '-'), ('high', '+')] -%}
        case
            when kinds.kind = 'share'
                then {{ wilson_bound(
                    'outcome_' ~ side, 'exposure_' ~ side, sign
                ) }}
            when kinds.kind = 'rate'
                then {{ byar_bound(
                    'outcome_' ~ side, 'exposure_' ~ side, sign
                ) }}
        end as {{ end }}_{{ side }},
        {% endfor -%}
        {% endfor -%}
        -- Of the smaller side: it says how well the error itself is known.
        case
            when least(clusters_a, clusters_b) >= 2
                then least(clusters_a, clusters_b) - 1
        end as degrees_of_freedom

    from sides

    inner join kinds
        on
            sides.claim = kinds.claim
            and sides.measure = kinds.measure

),

-- Of few events the jackknife sees too little: its interval is never shorter
-- than Newcombe's, of two such sides, which is right for independent units.
widths as (

    select
        errors.*,
        bounded.largest,
        bounded.n_a,
        bounded.n_b,
        bounded.events_a,
        bounded.events_b,
        {{ t95('bounded.degrees_of_freedom') }} * errors.standard_error
            as half_width,
        coalesce(sqrt(
            (crude_a - low_a) * (crude_a - low_a)
            + (high_b - crude_b) * (high_b - crude_b)
        ), 0e0) as least_below,
        coalesce(sqrt(
            (high_a - crude_a) * (high_a - crude_a)
            + (crude_b - low_b) * (crude_b - low_b)
        ), 0e0) as least_above

    from bounded

    inner join errors
        on
            bounded.tenant_id = errors.tenant_id
            and bounded.claim = errors.claim
            and bounded.measure = errors.measure
            and bounded.period = errors.period
            and bounded.period_start = errors.period_start
            and bounded.adjustment = errors.adjustment

),

differences as (

    select
        {{ row }},
        estimate,
        -- Spark takes no account of nulls in greatest: without an error there
        -- is no interval.
        case
            when half_width is not null and largest is not null
                then greatest(
                    -largest, estimate - greatest(half_width, least_below)
                )
            when half_width is not null
                then estimate - greatest(half_width, least_below)
        end as ci_low,
        case
            when half_width is not null and largest is not null
                then least(
                    largest, estimate + greatest(half_width, least_above)
                )
            when half_width is not null
                then estimate + greatest(half_width, least_above)
        end as ci_high,
        standard_error,
        n_a,
        n_b,
        events_a,
        events_b,
        value_a,
        value_b

    from widths

)

select * from differences
