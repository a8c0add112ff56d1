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
        cast(sum(is_side_a * events) as bigint) as events_a,
        cast(sum((1 - is_side_a) * events) as bigint) as events_b,
        -- Hires may be parts of hires: whole ones count.
        coalesce(
            nullif(count(distinct case when is_side_a = 1 then person_id end), 0),
            cast(floor(sum(
                case when person_id is null then is_side_a * exposure else 0 end
            )) as bigint)
        ) as n_a,
        coalesce(
            nullif(count(distinct case when is_side_a = 0 then person_id end), 0),
            cast(floor(sum(
                case
                    when person_id is null then (1 - is_side_a) * exposure
                    else 0
                end
            )) as bigint)
        ) as n_b,
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
        {{ row }},
        stratum,
        cluster_id,
        cell_number,
        {% for amount in [
            'outcome_a', 'exposure_a', 'outcome_b', 'exposure_b'
        ] -%}
        cast(all_{{ amount }} as double) as {{ amount }},
        cast(all_{{ amount }} - {{ amount }} as double) as {{ amount }}_left
        {{- ',' if not loop.last }}
        {% endfor %}

    from strata

),

-- A stratum with nobody on one side weighs nothing.
weighed as (

    select
        {{ row }},
        stratum,
        cluster_id,
        cell_number,
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
        end as weight{{ left }}
        {{- ',' if not loop.last }}
        {% endfor %}

    from amounts

),

totals as (

    select
        {{ row }},
        {% for amount in ['weighed_a', 'weighed_b', 'weight'] -%}
        cast(sum(
            case when cell_number = 1 then {{ summable(amount) }} end
        ) as double) as {{ amount }}
        {{- ',' if not loop.last }}
        {% endfor %}

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

differences as (

    select
        sides.tenant_id,
        sides.claim,
        sides.measure,
        sides.period,
        sides.period_start,
        sides.adjustment,
        errors.estimate,
        errors.standard_error,
        -- Of the smaller side: it says how well the error itself is known.
        case
            when least(sides.clusters_a, sides.clusters_b) >= 2
                then cast(least(sides.clusters_a, sides.clusters_b) - 1 as double)
        end as degrees_of_freedom,
        sides.n_a,
        sides.n_b,
        sides.events_a,
        sides.events_b,
        errors.value_a,
        errors.value_b

    from sides

    inner join errors
        on
            sides.tenant_id = errors.tenant_id
            and sides.claim = errors.claim
            and sides.measure = errors.measure
            and sides.period = errors.period
            and sides.period_start = errors.period_start
            and sides.adjustment = errors.adjustment

)

select * from differences
