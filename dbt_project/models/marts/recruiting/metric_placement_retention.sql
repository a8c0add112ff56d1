{% set k = var('suppression_k') %}
{% set horizons = [30, 90, 180, 365] %}
{% set keys %}
tenant_id, population, period, period_start, cut_by, cut
{%- endset %}

with

summaries as (

    select * from {{ ref('placement_survival_summaries') }}

    where stratum = 'all'

),

comparisons as (

    select * from {{ ref('placement_comparisons') }}

),

cohorts as (

    select * from {{ ref('placement_cohorts') }}

),

followed as (

    select * from cohorts

    where basis = 'followed'

),

started as (

    select * from cohorts

    where basis = 'started'

),

-- Both sides of a comparison must be large enough to be shown.
other_side as (

    select
        tenant_id,
        population,
        period,
        period_start,
        people,
        are_unknown_pooled

    from followed

    where
        cut_by = 'referral_status'
        and cut in ('not_referred', 'not_referred_or_unknown')

),

referred_side as (

    select
        tenant_id,
        population,
        period,
        period_start,
        case when cut_by = 'referral_status' then 'all' else cut_by end as cut_by,
        case when cut_by = 'referral_status' then 'all' else cut end as cut,
        people

    from followed

    where
        (cut_by = 'referral_status' and cut = 'referred')
        or (cut_by = 'referrer_status' and cut like 'referrer%')

),

compared_people as (

    select
        referred_side.tenant_id,
        referred_side.population,
        referred_side.period,
        referred_side.period_start,
        referred_side.cut_by,
        referred_side.cut,
        least(referred_side.people, other_side.people) as people,
        other_side.are_unknown_pooled

    from referred_side

    inner join other_side
        on
            referred_side.tenant_id = other_side.tenant_id
            and referred_side.population = other_side.population
            and referred_side.period = other_side.period
            and referred_side.period_start = other_side.period_start

),

retained as (

    {% for day in horizons -%}
    select
        {{ keys }},
        'retention_{{ day }}d' as metric,
        survival_{{ day }} as value,
        {{ log_log_bound('hazard_' ~ day, 'greenwood_' ~ day, '-') }} as ci_low,
        {{ log_log_bound('hazard_' ~ day, 'greenwood_' ~ day, '+') }} as ci_high,
        n,
        at_risk_{{ day }} as at_risk,
        leavers_{{ day }} as leavers,
        cast(null as double) as standard_error
    from summaries
    union all
    {% endfor -%}
    select
        {{ keys }},
        'rmst_365' as metric,
        rmst as value,
        case
            when rmst is not null and rmst_variance > 0e0
                then greatest(0e0, rmst - {{ z95() }} * sqrt(rmst_variance))
        end as ci_low,
        case
            when rmst is not null and rmst_variance > 0e0
                then least(
                    cast({{ last_followed_day() }} as double),
                    rmst + {{ z95() }} * sqrt(rmst_variance)
                )
        end as ci_high,
        n,
        at_risk_365 as at_risk,
        leavers,
        case when rmst is not null then nullif(sqrt(rmst_variance), 0e0) end
            as standard_error
    from summaries

),

of_one_group as (

    select
        retained.tenant_id,
        retained.metric,
        retained.period,
        retained.period_start,
        retained.population,
        retained.cut_by,
        retained.cut,
        'crude' as adjustment,
        retained.value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        retained.ci_low,
        retained.ci_high,
        retained.n,
        followed.people,
        retained.at_risk,
        retained.leavers,
        retained.standard_error,
        cast(null as double) as p_value,
        cast(null as double) as share_low,
        cast(null as double) as share_high,
        cast(null as bigint) as n_referred,
        cast(null as bigint) as n_not_referred,
        cast(null as bigint) as n_compared,
        cast(null as bigint) as strata,
        started.unknown_ends as left_out,
        followed.is_finished,
        false as is_other_pooled

    from retained

    inner join followed
        on
            retained.tenant_id = followed.tenant_id
            and retained.population = followed.population
            and retained.period = followed.period
            and retained.period_start = followed.period_start
            and retained.cut_by = followed.cut_by
            and retained.cut = followed.cut

    inner join started
        on
            retained.tenant_id = started.tenant_id
            and retained.population = started.population
            and retained.period = started.period
            and retained.period_start = started.period_start
            and retained.cut_by = started.cut_by
            and retained.cut = started.cut

),

-- Only guarantees that are over count, whether or not they were needed: of
-- those still running, the ones that fell off are known first.
falloffs as (

    select
        started.tenant_id,
        'guarantee_falloff_rate' as metric,
        started.period,
        started.period_start,
        started.population,
        started.cut_by,
        started.cut,
        'crude' as adjustment,
        cast(guaranteed.falloffs as double)
        / nullif(cast(guaranteed.n as double), 0e0) as value,
        cast(guaranteed.falloffs as double) as numerator,
        cast(guaranteed.n as double) as denominator,
        {{ wilson_bound(
            'cast(guaranteed.falloffs as double)',
            'cast(guaranteed.n as double)', '-'
        ) }} as ci_low,
        {{ wilson_bound(
            'cast(guaranteed.falloffs as double)',
            'cast(guaranteed.n as double)', '+'
        ) }} as ci_high,
        guaranteed.n,
        guaranteed.people,
        cast(null as bigint) as at_risk,
        guaranteed.falloffs as leavers,
        cast(null as double) as standard_error,
        cast(null as double) as p_value,
        cast(guaranteed.falloffs as double)
        / nullif(cast(guaranteed.n as double), 0e0) as share_low,
        cast(guaranteed.falloffs + guaranteed.unknown_ends as double)
        / nullif(cast(guaranteed.n as double), 0e0) as share_high,
        cast(null as bigint) as n_referred,
        cast(null as bigint) as n_not_referred,
        cast(null as bigint) as n_compared,
        cast(null as bigint) as strata,
        started.running_guarantees as left_out,
        started.is_finished,
        false as is_other_pooled

    from started

    inner join cohorts as guaranteed
        on
            started.tenant_id = guaranteed.tenant_id
            and started.population = guaranteed.population
            and started.period = guaranteed.period
            and started.period_start = guaranteed.period_start
            and started.cut_by = guaranteed.cut_by
            and started.cut = guaranteed.cut

    where guaranteed.basis = 'guaranteed'

),

of_two_groups as (

    {% for metric, value, low, high, se, p in [
        (
            'rmst_difference_365',
            'rmst_difference',
            "rmst_difference - " ~ z95() ~ " * rmst_difference_se",
            "rmst_difference + " ~ z95() ~ " * rmst_difference_se",
            'rmst_difference_se',
            'cast(null as double)',
        ),
        (
            'logrank_365',
            'logrank_chi2',
            'cast(null as double)',
            'cast(null as double)',
            'cast(null as double)',
            'logrank_p',
        ),
    ] -%}
    select
        comparisons.tenant_id,
        '{{ metric }}' as metric,
        comparisons.period,
        comparisons.period_start,
        comparisons.population,
        comparisons.cut_by,
        comparisons.cut,
        comparisons.adjustment,
        comparisons.{{ value }} as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        {{ low }} as ci_low,
        {{ high }} as ci_high,
        comparisons.n_referred + comparisons.n_other as n,
        compared_people.people,
        cast(null as bigint) as at_risk,
        comparisons.leavers,
        {{ se }} as standard_error,
        {{ p }} as p_value,
        cast(null as double) as share_low,
        cast(null as double) as share_high,
        comparisons.n_referred,
        comparisons.n_other as n_not_referred,
        comparisons.n_compared,
        comparisons.strata,
        started.unknown_ends as left_out,
        started.is_finished,
        compared_people.are_unknown_pooled as is_other_pooled

    from comparisons

    inner join compared_people
        on
            comparisons.tenant_id = compared_people.tenant_id
            and comparisons.population = compared_people.population
            and comparisons.period = compared_people.period
            and comparisons.period_start = compared_people.period_start
            and comparisons.cut_by = compared_people.cut_by
            and comparisons.cut = compared_people.cut

    inner join started
        on
            comparisons.tenant_id = started.tenant_id
            and comparisons.population = started.population
            and comparisons.period = started.period
            and comparisons.period_start = started.period_start
            and started.cut_by = 'all'
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

unioned as (

    select
        *,
        false as is_comparison
    from of_one_group
    union all
    select
        *,
        false as is_comparison
    from falloffs
    union all
    select
        *,
        true as is_comparison
    from of_two_groups

),

hidden as (

    select
        *,
        people < {{ k }} as is_small,
        sum(
            case
                when not is_comparison and cut_by <> 'all' and people < {{ k }}
                    then people
                else 0
            end
        ) over (
            partition by
                tenant_id, metric, period, period_start, population,
                adjustment, cut_by
        ) as hidden_people,
        row_number() over (
            partition by
                tenant_id, metric, period, period_start, population,
                adjustment, cut_by,
                case when people >= {{ k }} then 1 else 0 end
            order by people asc nulls last, cut asc nulls last
        ) as size_rank

    from unioned

),

suppressed as (

    select
        *,
        is_small or (
            not is_comparison
            and cut_by <> 'all'
            and hidden_people between 1 and {{ k }} - 1
            and size_rank = 1
        ) as is_suppressed

    from hidden

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        population,
        cut_by,
        cut,
        adjustment,
        {% for figure in [
            'value', 'numerator', 'denominator', 'ci_low', 'ci_high'
        ] -%}
        cast(case when not is_suppressed then {{ figure }} end as double)
            as {{ figure }},
        {% endfor -%}
        cast(n as bigint) as n,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another cut'),
            (
                'is_comparison and value is null and strata = 0',
                'no stratum holds both sides, or nobody was followed so long',
            ),
            ("value is null and metric = 'logrank_365'", 'nobody left'),
            ('value is null', 'nobody was followed so long'),
            ('people < 15', 'insufficient: fewer than 15'),
            (
                "at_risk < 15 and metric <> 'guarantee_falloff_rate'",
                'insufficient: fewer than 15 followed so long',
            ),
            (
                "ci_low is null and metric <> 'logrank_365'",
                'no interval: nobody or everybody left',
            ),
            (
                'share_high > share_low',
                'range share_low to share_high: some days of leaving are unknown',
            ),
            (
                "left_out > 0 and metric = 'guarantee_falloff_rate'",
                'guarantees still running are left out',
            ),
            (
                'is_other_pooled',
                'unknown referrals are too few and count as not referred',
            ),
            ('left_out > 0', 'placements that ended on an unknown day are left out'),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        cast(people as bigint) as people,
        {% for figure in [
            'at_risk', 'leavers', 'n_referred', 'n_not_referred', 'n_compared',
            'strata', 'left_out'
        ] -%}
        cast(case when not is_suppressed then {{ figure }} end as bigint)
            as {{ figure }},
        {% endfor -%}
        {% for figure in ['standard_error', 'p_value', 'share_low'] -%}
        cast(case when not is_suppressed then {{ figure }} end as double)
            as {{ figure }},
        {% endfor -%}
        cast(case when not is_suppressed then share_high end as double)
            as share_high

    from suppressed

)

select * from metric
