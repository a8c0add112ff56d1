-- noqa: disable=LT02
{% set k = var('suppression_k') %}
{% set whole_cost = 'external_loaded + internal_loaded' %}

{# Cost per hire: name, how costs of a basis are written, hires. #}
{% set per_hire = [] %}
{% for name, cost in [
    ('external', 'external_@'),
    ('', 'external_@ + internal_@'),
    ('comparable', 'external_@ + internal_@ - excluded_@'),
] %}
    {% for hires in ['gross', 'net'] %}
        {% do per_hire.append((
            ['cost_per_hire', name, hires] | select | join('_'), cost, hires
        )) %}
    {% endfor %}
{% endfor %}

with

windowed as (

    select * from {{ ref('cost_per_hire_windows') }}

),

income as (

    select * from {{ ref('fee_income_windows') }}

),

differences as (

    select * from {{ ref('cost_per_hire_differences') }}

),

-- Fine cuts are made for the long periods only: rows, not knowledge, would
-- multiply.
figures as (

    {% for metric, cost, hires in per_hire %}
    {% for basis in ['fully_loaded', 'direct'] %}
    select
        tenant_id,
        '{{ metric }}' as metric,
        period,
        period_start,
        channel,
        '{{ basis }}' as basis,
        timing,
        cast({{ cost | replace('@', 'loaded' if basis == 'fully_loaded' else 'direct') }} as double)
            as numerator,
        cast({{ hires }}_hires as double) as denominator,
        1e0 as factor,
        -- Relative standard error of the denominator: a Poisson count.
        1e0 / sqrt(nullif(cast({{ hires }}_hires as double), 0e0)) as relative_error,
        {{ hires }}_hires as hires,
        lag_months,
        months,
        internal_months_due,
        internal_months,
        unconverted_lines,
        cast(0 as decimal(18, 6)) as unknown_hires,
        is_finished
    from windowed
    where
        channel = 'all'
        or period in ('trailing_12m', 'all')
        {%- if basis == 'fully_loaded' and metric in [
            'cost_per_hire_external_gross', 'cost_per_hire_gross'
        ] %}
        or timing = 'same_month'
        {%- endif %}
    union all
    {% endfor %}
    {% endfor %}

    {% for metric, cost, hires in [
        (
            'cost_per_hire_with_losses_net', whole_cost ~ ' + refunds', 'net'
        ),
        ('guarantee_losses', 'refunds + replacement_work', 'gross'),
    ] %}
    select
        tenant_id,
        '{{ metric }}' as metric,
        period,
        period_start,
        channel,
        'fully_loaded' as basis,
        timing,
        cast({{ cost }} as double) as numerator,
        cast({{ hires }}_hires as double) as denominator,
        1e0 as factor,
        1e0 / sqrt(nullif(cast({{ hires }}_hires as double), 0e0)) as relative_error,
        {{ hires }}_hires as hires,
        lag_months,
        months,
        internal_months_due,
        internal_months,
        unconverted_lines,
        cast(0 as decimal(18, 6)) as unknown_hires,
        is_finished
    from windowed
    where
        timing = 'same_month'
        and (channel = 'all' or period in ('trailing_12m', 'all'))
    union all
    {% endfor %}

    select
        tenant_id,
        'recruiting_cost_ratio' as metric,
        period,
        period_start,
        channel,
        'fully_loaded' as basis,
        timing,
        cast({{ whole_cost }} as double) as numerator,
        cast(compensation as double) as denominator,
        1e2 as factor,
        sqrt(compensation_squares) / nullif(cast(compensation as double), 0e0)
            as relative_error,
        -- It rests on those whose pay is known.
        gross_hires - unpaid_hires as hires,
        lag_months,
        months,
        internal_months_due,
        internal_months,
        unconverted_lines,
        unpaid_hires as unknown_hires,
        is_finished
    from windowed
    where
        timing = 'same_month'
        and (channel = 'all' or period in ('trailing_12m', 'all'))

    union all

    select
        windowed.tenant_id,
        'placement_cost_ratio' as metric,
        windowed.period,
        windowed.period_start,
        windowed.channel,
        'fully_loaded' as basis,
        windowed.timing,
        cast({{ whole_cost }} as double) as numerator,
        cast(coalesce(income.net_fee_income, 0) as double) as denominator,
        1e0 as factor,
        sqrt(income.net_fee_squares)
        / nullif(cast(income.net_fee_income as double), 0e0) as relative_error,
        cast(coalesce(income.billed_placements, 0) as decimal(18, 6)) as hires,
        windowed.lag_months,
        windowed.months,
        windowed.internal_months_due,
        windowed.internal_months,
        windowed.unconverted_lines,
        cast(0 as decimal(18, 6)) as unknown_hires,
        windowed.is_finished
    from windowed
    left join income
        on
            windowed.tenant_id = income.tenant_id
            and windowed.period = income.period
            and windowed.period_start = income.period_start
            and windowed.channel = income.channel
    where
        windowed.timing = 'same_month'
        and windowed.period in ('trailing_12m', 'all')

),

hidden as (

    select
        *,
        hires > 0 and hires < {{ k }} as is_small,
        sum(
            case
                when channel <> 'all' and hires > 0 and hires < {{ k }}
                    then hires
                else 0
            end
        ) over (
            partition by
                tenant_id, metric, period, period_start, basis, timing
        ) as hidden_hires,
        row_number() over (
            partition by
                tenant_id, metric, period, period_start, basis, timing,
                case
                    when channel <> 'all' and hires >= {{ k }} then 1 else 0
                end
            order by hires asc nulls last, channel asc nulls last
        ) as size_rank

    from figures

),

suppressed as (

    select
        *,
        is_small or (
            channel <> 'all'
            and hires >= {{ k }}
            and hidden_hires > 0
            and hidden_hires < {{ k }}
            and size_rank = 1
        ) as is_suppressed,
        -- What a ratio to nothing, or to less than nothing, would say is wrong.
        case when denominator > 0 then factor * numerator / denominator end
            as ratio

    from hidden

),

-- Spend is known exactly; the uncertainty is how many hires, fees or salaries
-- it happened to bring, taken on the log scale.
bounded as (

    select
        *,
        exp({{ z95() }} * relative_error) as spread,
        case
            when metric in (
                'cost_per_hire_external_gross', 'cost_per_hire_external_net'
            ) then 'external only'
            when metric = 'guarantee_losses' then null
            when internal_months = 0 then 'external only'
            when internal_months < internal_months_due
                then 'internal costs of some months only'
        end as scope_note,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another channel'),
            ('numerator < 0', 'negative total: credits exceed spend'),
            (
                "metric = 'placement_cost_ratio' and denominator <= 0",
                'no net fee income',
            ),
            (
                'hires = 0 and unknown_hires > 0',
                'no compensation known',
            ),
            (
                "metric = 'placement_cost_ratio' and hires = 0",
                'no net fee income',
            ),
            ('hires = 0 and numerator <> 0', 'spend without hires'),
            ('hires = 0', 'no hires'),
            ('hires < 15', 'insufficient: fewer than 15'),
            (
                'unknown_hires > 0',
                'compensation of some hires unknown: too high',
            ),
            ('unconverted_lines > 0', 'unconverted spend left out'),
            (
                "timing = 'lagged' and period = 'all'",
                'spend before the first record unknown',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as state_note

    from suppressed

),

noted as (

    select
        *,
        case
            when scope_note is null then state_note
            when state_note is null then scope_note
            else scope_note || '; ' || state_note
        end as note

    from bounded

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        channel,
        basis,
        timing,
        '{{ var("reporting_currency") }}' as reporting_currency,
        cast(case when not is_suppressed then ratio end as double) as value,
        cast(case when not is_suppressed then numerator end as double)
            as numerator,
        cast(case when not is_suppressed then denominator end as double)
            as denominator,
        cast(
            case
                when not is_suppressed then least(ratio / spread, ratio * spread)
            end as double
        ) as ci_low,
        cast(
            case
                when not is_suppressed
                    then greatest(ratio / spread, ratio * spread)
            end as double
        ) as ci_high,
        cast(round(hires) as bigint) as n,
        is_suppressed,
        note,
        cast(lag_months as int) as lag_months,
        cast(months as int) as months,
        cast(internal_months as int) as internal_months,
        cast(unconverted_lines as bigint) as unconverted_lines,
        cast(case when not is_suppressed then unknown_hires end as double)
            as unknown_hires

    from noted

    union all

    select
        differences.tenant_id,
        'cost_per_hire_difference' as metric,
        differences.period,
        differences.period_start,
        'all' as channel,
        'fully_loaded' as basis,
        'same_month' as timing,
        '{{ var("reporting_currency") }}' as reporting_currency,
        case when is_shown then differences.difference end as value,
        case when is_shown then differences.referred_cost_per_hire end
            as numerator,
        case when is_shown then differences.other_cost_per_hire end
            as denominator,
        case when is_shown then differences.ci_low end as ci_low,
        case when is_shown then differences.ci_high end as ci_high,
        cast(round(
            differences.referred_hires + differences.other_hires
        ) as bigint) as n,
        not is_shown as is_suppressed,
        {{ metric_note([
            ('not is_shown', 'suppressed: fewer than ' ~ k ~ ' on a side'),
            (
                'least(differences.referred_hires, differences.other_hires)'
                ~ ' < 15',
                'insufficient: fewer than 15 on a side',
            ),
            ('windowed.internal_months = 0', 'external only'),
            (
                'windowed.internal_months < windowed.internal_months_due',
                'internal costs of some months only',
            ),
            ('windowed.unconverted_lines > 0', 'unconverted spend left out'),
        ]) }} as note,
        cast(0 as int) as lag_months,
        windowed.months,
        windowed.internal_months,
        windowed.unconverted_lines,
        0e0 as unknown_hires

    from (
        select
            *,
            least(referred_hires, other_hires) >= {{ k }} as is_shown
        from differences
    ) as differences

    inner join windowed
        on
            differences.tenant_id = windowed.tenant_id
            and differences.period = windowed.period
            and differences.period_start = windowed.period_start
            and windowed.channel = 'all'
            and windowed.timing = 'same_month'

)

select * from metric
