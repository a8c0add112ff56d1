{% set series %}
tenant_id, population, period, period_start, cut_by, cut, adjustment, stratum
{%- endset %}
{% set others = ['not_referred', 'not_referred_or_unknown'] %}
{% set referrer_cuts = [
    'referrer_placed', 'referrer_left', 'referrer_never_placed'
] %}

with

exits as (

    select *

    from {{ ref('placement_exits') }}

    where cut_by in ('referral_status', 'referrer_status')

),

summaries as (

    select *

    from {{ ref('placement_survival_summaries') }}

    where cut_by in ('referral_status', 'referrer_status')

),

-- The two sides of each comparison. Unknown referrals stand on neither, unless
-- they are too few to be told apart from those not referred.
sides as (

    select
        'all' as cut_by,
        'all' as cut,
        'referral_status' as from_cut_by,
        'referred' as from_cut,
        1 as is_referred
    {% for other in others -%}
    union all
    select
        'all' as cut_by,
        'all' as cut,
        'referral_status' as from_cut_by,
        '{{ other }}' as from_cut,
        0 as is_referred
    {% endfor -%}
    {% for cut in referrer_cuts -%}
    union all
    select
        'referrer_status' as cut_by,
        '{{ cut }}' as cut,
        'referrer_status' as from_cut_by,
        '{{ cut }}' as from_cut,
        1 as is_referred
    {% for other in others -%}
    union all
    select
        'referrer_status' as cut_by,
        '{{ cut }}' as cut,
        'referrer_status' as from_cut_by,
        '{{ other }}' as from_cut,
        0 as is_referred
    {% endfor -%}
    {% endfor %}

),

daily as (

    select
        exits.tenant_id,
        exits.population,
        exits.period,
        exits.period_start,
        sides.cut_by,
        sides.cut,
        case when exits.stratum = 'all' then 'crude' else 'stratified' end
            as adjustment,
        exits.stratum,
        exits.day,
        sum(exits.leavers) as leavers,
        sum(exits.exits) as exits,
        sum(exits.leavers * sides.is_referred) as referred_leavers,
        sum(exits.exits * sides.is_referred) as referred_exits

    from exits

    inner join sides
        on
            exits.cut_by = sides.from_cut_by
            and exits.cut = sides.from_cut

    group by
        exits.tenant_id, exits.population, exits.period, exits.period_start,
        sides.cut_by, sides.cut, exits.stratum, exits.day

),

at_risk as (

    select
        *,
        cast(sum(exits) over (
            partition by {{ series }}
            order by day desc nulls last
            rows between unbounded preceding and current row
        ) as double) as n,
        cast(sum(referred_exits) over (
            partition by {{ series }}
            order by day desc nulls last
            rows between unbounded preceding and current row
        ) as double) as n_referred

    from daily

),

-- On each day leavers are drawn from those at risk (hypergeometric).
drawn as (

    select
        *,
        {{ summable('leavers * n_referred / n') }} as expected,
        {{ summable(
            'case when n > 1e0 then leavers * (n_referred / n)'
            ~ ' * (1e0 - n_referred / n) * (n - leavers) / (n - 1e0)'
            ~ ' else 0e0 end'
        ) }} as variance

    from at_risk

    where leavers > 0

),

logranks as (

    select
        tenant_id,
        population,
        period,
        period_start,
        cut_by,
        cut,
        adjustment,
        cast(sum(leavers) as bigint) as leavers,
        cast(sum(referred_leavers) as bigint) as referred_leavers,
        cast(
            cast(sum(referred_leavers) as decimal(38, 20)) - sum(expected)
            as double
        ) as excess,
        cast(sum(variance) as double) as variance

    from drawn

    group by
        tenant_id, population, period, period_start, cut_by, cut, adjustment

),

sided as (

    select
        sides.cut_by as compared_by,
        sides.cut as compared,
        sides.is_referred,
        summaries.*

    from summaries

    inner join sides
        on
            summaries.cut_by = sides.from_cut_by
            and summaries.cut = sides.from_cut

    where summaries.stratum = 'all'

),

crude as (

    select
        tenant_id,
        population,
        period,
        period_start,
        compared_by as cut_by,
        compared as cut,
        cast(sum(n * is_referred) as bigint) as n_referred,
        cast(sum(n * (1 - is_referred)) as bigint) as n_other,
        max(case when is_referred = 1 then rmst end)
        - max(case when is_referred = 0 then rmst end) as rmst_difference,
        -- A side that nobody left has no error of its own, not an error of 0.
        sqrt(
            nullif(max(case when is_referred = 1 then rmst_variance end), 0e0)
            + nullif(max(case when is_referred = 0 then rmst_variance end), 0e0)
        ) as rmst_difference_se

    from sided

    group by
        tenant_id, population, period, period_start, compared_by, compared

),

-- A stratum may be too small or too young for a curve of its own. A
-- placement's pseudo-value is what it adds to the mean of its side's curve
-- (without censoring its own days up to 365), and can be averaged anywhere.
pseudo_values as (

    select
        exits.tenant_id,
        exits.population,
        exits.period,
        exits.period_start,
        exits.stratum,
        sided.is_referred,
        exits.leavers,
        exits.exits - exits.leavers as stayers,
        sided.rmst + sided.n * life_tables.leaver_influence as of_leaver,
        sided.rmst + sided.n * life_tables.stayer_influence as of_stayer

    from exits

    inner join sided
        on
            exits.tenant_id = sided.tenant_id
            and exits.population = sided.population
            and exits.period = sided.period
            and exits.period_start = sided.period_start
            and exits.cut_by = sided.cut_by
            and exits.cut = sided.cut

    inner join {{ ref('placement_life_tables') }} as life_tables
        on
            exits.tenant_id = life_tables.tenant_id
            and exits.population = life_tables.population
            and exits.period = life_tables.period
            and exits.period_start = life_tables.period_start
            and exits.cut_by = life_tables.cut_by
            and exits.cut = life_tables.cut
            and exits.day = life_tables.day

    where
        exits.stratum <> 'all'
        and exits.cut_by = 'referral_status'
        and life_tables.stratum = 'all'

),

averaged as (

    select
        tenant_id,
        population,
        period,
        period_start,
        stratum,
        is_referred,
        cast(sum(leavers + stayers) as double) as n,
        cast(
            sum({{ summable('leavers * of_leaver + stayers * of_stayer') }})
            as double
        ) as total,
        cast(
            sum({{ summable(
                'leavers * of_leaver * of_leaver'
                ~ ' + stayers * of_stayer * of_stayer'
            ) }})
            as double
        ) as squares

    from pseudo_values

    group by
        tenant_id, population, period, period_start, stratum, is_referred

),

-- One variance per side, within strata. Where all are alike, what is left is
-- rounding of the squares, and no spread.
spread as (

    select
        tenant_id,
        population,
        period,
        period_start,
        is_referred,
        cast(
            sum({{ summable(
                'case when squares - total * total / n > 1e-12 * squares'
                ~ ' then squares - total * total / n else 0e0 end'
            ) }}) as double
        ) / nullif(sum(n - 1e0), 0e0) as variance

    from averaged

    group by tenant_id, population, period, period_start, is_referred

),

-- Strata weigh as in Mantel and Haenszel, so that one with nearly all on one
-- side says little.
compared as (

    select
        one.tenant_id,
        one.population,
        one.period,
        one.period_start,
        one.n + other.n as n,
        one.n * other.n / (one.n + other.n) as weight,
        one.total / one.n - other.total / other.n as difference,
        nullif(one_spread.variance, 0e0) / one.n
        + nullif(other_spread.variance, 0e0) / other.n as variance

    from averaged as one

    inner join averaged as other
        on
            one.tenant_id = other.tenant_id
            and one.population = other.population
            and one.period = other.period
            and one.period_start = other.period_start
            and one.stratum = other.stratum

    inner join spread as one_spread
        on
            one.tenant_id = one_spread.tenant_id
            and one.population = one_spread.population
            and one.period = one_spread.period
            and one.period_start = one_spread.period_start

    inner join spread as other_spread
        on
            one.tenant_id = other_spread.tenant_id
            and one.population = other_spread.population
            and one.period = other_spread.period
            and one.period_start = other_spread.period_start

    where
        one.is_referred = 1
        and other.is_referred = 0
        and one_spread.is_referred = 1
        and other_spread.is_referred = 0

),

stratified as (

    select
        tenant_id,
        population,
        period,
        period_start,
        cast(sum(n) as bigint) as n_compared,
        count(*) as strata,
        cast(sum({{ summable('weight * difference') }}) as double)
        / cast(sum({{ summable('weight') }}) as double) as rmst_difference,
        sqrt(cast(sum({{ summable('weight * weight * variance') }}) as double))
        / cast(sum({{ summable('weight') }}) as double) as rmst_difference_se

    from compared

    group by tenant_id, population, period, period_start

),

differences as (

    select
        tenant_id,
        population,
        period,
        period_start,
        cut_by,
        cut,
        'crude' as adjustment,
        n_referred,
        n_other,
        n_referred + n_other as n_compared,
        cast(1 as bigint) as strata,
        rmst_difference,
        rmst_difference_se

    from crude

    where n_referred > 0 and n_other > 0

    union all

    select
        crude.tenant_id,
        crude.population,
        crude.period,
        crude.period_start,
        crude.cut_by,
        crude.cut,
        'stratified' as adjustment,
        crude.n_referred,
        crude.n_other,
        coalesce(stratified.n_compared, 0) as n_compared,
        cast(coalesce(stratified.strata, 0) as bigint) as strata,
        stratified.rmst_difference,
        stratified.rmst_difference_se

    from crude

    left join stratified
        on
            crude.tenant_id = stratified.tenant_id
            and crude.population = stratified.population
            and crude.period = stratified.period
            and crude.period_start = stratified.period_start

    where crude.cut_by = 'all' and crude.n_referred > 0 and crude.n_other > 0

),

comparisons as (

    select
        differences.tenant_id,
        differences.population,
        differences.period,
        differences.period_start,
        differences.cut_by,
        differences.cut,
        differences.adjustment,
        differences.n_referred,
        differences.n_other,
        differences.n_compared,
        differences.strata,
        coalesce(logranks.leavers, 0) as leavers,
        coalesce(logranks.referred_leavers, 0) as referred_leavers,
        differences.rmst_difference,
        case
            when differences.rmst_difference is not null
                then differences.rmst_difference_se
        end as rmst_difference_se,
        logranks.excess as logrank_excess,
        logranks.variance as logrank_variance,
        logranks.excess * logranks.excess / nullif(logranks.variance, 0e0)
            as logrank_chi2,
        abs(logranks.excess) / nullif(sqrt(2e0 * logranks.variance), 0e0)
            as logrank_root

    from differences

    left join logranks
        on
            differences.tenant_id = logranks.tenant_id
            and differences.population = logranks.population
            and differences.period = logranks.period
            and differences.period_start = logranks.period_start
            and differences.cut_by = logranks.cut_by
            and differences.cut = logranks.cut
            and differences.adjustment = logranks.adjustment

),

judged as (

    select
        comparisons.*,
        {{ chi_square_tail_of_root('logrank_root') }} as logrank_p

    from comparisons

)

select * from judged
