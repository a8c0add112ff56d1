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

means as (

    select
        summaries.tenant_id,
        summaries.population,
        summaries.period,
        summaries.period_start,
        sides.cut_by,
        sides.cut,
        summaries.stratum,
        cast(sum(case when sides.is_referred = 1 then summaries.n else 0 end)
            as double) as n_referred,
        cast(sum(case when sides.is_referred = 0 then summaries.n else 0 end)
            as double) as n_other,
        max(case when sides.is_referred = 1 then summaries.rmst end)
            as rmst_referred,
        max(case when sides.is_referred = 0 then summaries.rmst end)
            as rmst_other,
        max(case when sides.is_referred = 1 then summaries.rmst_variance end)
            as variance_referred,
        max(case when sides.is_referred = 0 then summaries.rmst_variance end)
            as variance_other

    from summaries

    inner join sides
        on
            summaries.cut_by = sides.from_cut_by
            and summaries.cut = sides.from_cut

    group by
        summaries.tenant_id, summaries.population, summaries.period,
        summaries.period_start, sides.cut_by, sides.cut, summaries.stratum

),

-- Strata weigh as in Mantel and Haenszel, so that a stratum with nearly all on
-- one side says little. Their variances are of small groups: n / (n - 1).
weighed as (

    select
        *,
        case when stratum = 'all' then 'crude' else 'stratified' end
            as adjustment,
        coalesce(
            rmst_referred is not null
            and rmst_other is not null
            and (stratum = 'all' or (n_referred >= 2e0 and n_other >= 2e0)),
            false
        ) as is_comparable,
        n_referred * n_other / nullif(n_referred + n_other, 0e0) as weight,
        rmst_referred - rmst_other as difference,
        case
            when stratum = 'all' then variance_referred + variance_other
            when n_referred >= 2e0 and n_other >= 2e0
                then
                    variance_referred * n_referred / (n_referred - 1e0)
                    + variance_other * n_other / (n_other - 1e0)
        end as variance

    from means

),

differences as (

    select
        tenant_id,
        population,
        period,
        period_start,
        cut_by,
        cut,
        adjustment,
        cast(sum(n_referred) as bigint) as n_referred,
        cast(sum(n_other) as bigint) as n_other,
        cast(sum(case when is_comparable then n_referred + n_other else 0e0 end)
            as bigint) as n_compared,
        cast(sum(case when is_comparable then 1 else 0 end) as bigint)
            as strata,
        cast(
            sum(case when is_comparable
                then {{ summable('weight * difference') }} end)
            as double
        ) as weighted_difference,
        cast(
            sum(case when is_comparable
                then {{ summable('weight * weight * variance') }} end)
            as double
        ) as weighted_variance,
        cast(
            sum(case when is_comparable then {{ summable('weight') }} end)
            as double
        ) as weight

    from weighed

    group by
        tenant_id, population, period, period_start, cut_by, cut, adjustment

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
        differences.weighted_difference / nullif(differences.weight, 0e0)
            as rmst_difference,
        sqrt(differences.weighted_variance) / nullif(differences.weight, 0e0)
            as rmst_difference_se,
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
