with

new_business as (

    select
        tenant_id,
        period,
        period_start,
        is_finished,
        is_early,
        unconverted_lines,
        {%- for name in [
            'new_clients', 'referred_clients', 'unknown_clients', 'revenue',
            'referred_revenue', 'unknown_revenue', 'revenue_squares',
        ] %}
        cast({{ name }} as double) as {{ name }},
        {%- endfor %}
        cast(referred_squares as double) as referred_squares

    from {{ ref('new_business_windows') }}

),

windows as (

    select
        tenant_id,
        period_start,
        {%- for name in [
            'clients', 'base', 'earlier', 'later', 'referred_new',
            'unknown_new', 'earned', 'growth', 'later_of_old',
            'later_of_reactivated', 'base_base', 'earlier_earlier',
            'referred_referred', 'base_earned', 'earned_earned',
            'earlier_growth', 'growth_growth',
        ] %}
        cast({{ name }} as double) as {{ name }},
        {%- endfor %}
        cast(earned_growth as double) as earned_growth

    from {{ ref('earned_growth_windows') }}

),

-- One error per ratio; the shifts by one between a ratio and a growth rate
-- change no error.
growths as (

    select
        *,
        case when base > 0 then {{ ratio_error(
            'clients', 'base', 'referred_new', 'base_base', '0e0',
            'referred_referred'
        ) }} end as new_customers_error,
        case when base > 0 then {{ ratio_error(
            'clients', 'base', 'earned', 'base_base', 'base_earned',
            'earned_earned'
        ) }} end as earned_error,
        case when earlier > 0 then {{ ratio_error(
            'clients', 'earlier', 'growth', 'earlier_earlier',
            'earlier_growth', 'growth_growth'
        ) }} end as growth_error,
        {{ ratio_error(
            'clients', 'growth', 'earned', 'growth_growth', 'earned_growth',
            'earned_earned'
        ) }} as ratio_error

    from windows

),

rates as (

    select
        *,
        case when base > 0 then referred_new / base end as new_customers,
        case when base > 0 then (referred_new + unknown_new) / base end
            as new_customers_high,
        case
            when base > 0 then (later_of_old + referred_new - base) / base
        end as earned_rate,
        case
            when base > 0
                then (later_of_old + referred_new + unknown_new - base) / base
        end as earned_rate_high,
        case when earlier > 0 then growth / earlier end as growth_rate

    from growths

),

figures as (

    select
        tenant_id,
        'new_business_from_referrals' as metric,
        period,
        period_start,
        new_clients as units,
        referred_revenue as numerator,
        revenue as denominator,
        case when revenue > 0 then referred_revenue / revenue end as value,
        case
            when revenue > 0 then {{ ratio_error(
                'new_clients', 'revenue', 'referred_revenue',
                'revenue_squares', 'referred_squares', 'referred_squares'
            ) }}
        end as error,
        case when revenue > 0 then referred_revenue / revenue end as range_low,
        case
            when revenue > 0
                then (referred_revenue + unknown_revenue) / revenue
        end as range_high,
        case
            when new_clients = 0 then 'no new clients'
            when revenue <= 0 then 'no revenue from new clients'
        end as undefined_note,
        is_finished,
        is_early,
        unconverted_lines
    from new_business

    union all

    select
        tenant_id,
        'new_clients_from_referrals' as metric,
        period,
        period_start,
        new_clients as units,
        referred_clients as numerator,
        new_clients as denominator,
        referred_clients / nullif(new_clients, 0e0) as value,
        cast(null as double) as error,
        referred_clients / nullif(new_clients, 0e0) as range_low,
        (referred_clients + unknown_clients) / nullif(new_clients, 0e0)
            as range_high,
        case when new_clients = 0 then 'no new clients' end as undefined_note,
        is_finished,
        is_early,
        0 as unconverted_lines
    from new_business

    {% for metric, numerator, denominator, value, error, high in [
        ('earned_new_customers', 'referred_new', 'base', 'new_customers',
         'new_customers_error', 'new_customers_high'),
        ('earned_growth_rate', 'later_of_old + referred_new - base', 'base',
         'earned_rate', 'earned_error', 'earned_rate_high'),
        ('total_growth_rate', 'growth', 'earlier', 'growth_rate',
         'growth_error', 'growth_rate'),
        ('earned_growth_ratio', 'earned_rate', 'growth_rate',
         'earned_rate / growth_rate', 'ratio_error',
         'earned_rate_high / growth_rate'),
    ] -%}
    {%- set is_ratio = metric == 'earned_growth_ratio' %}
    union all

    select
        tenant_id,
        '{{ metric }}' as metric,
        'trailing_12m' as period,
        period_start,
        clients as units,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator,
        {% if is_ratio -%}
        case when growth_rate > 0 then {{ value }} end as value,
        -- With total growth not told from zero, any ratio would do.
        case
            when growth_rate - {{ z95() }} * growth_error > 0
                then {{ error }}
        end as error,
        case when growth_rate > 0 then {{ value }} end as range_low,
        case when growth_rate > 0 then {{ high }} end as range_high,
        {%- else -%}
        {{ value }} as value,
        {{ error }} as error,
        {{ value }} as range_low,
        {{ high }} as range_high,
        {%- endif %}
        case
            when clients = 0 then 'no clients in either window'
            when base <= 0 or earlier <= 0
                then 'no revenue in the earlier window'
            {% if is_ratio -%}
            when growth_rate <= 0 then 'no total growth to take a share of'
            {%- endif %}
        end as undefined_note,
        true as is_finished,
        false as is_early,
        0 as unconverted_lines
    from rates
    {% endfor %}

),

bounded as (

    select
        *,
        case metric
            when 'new_clients_from_referrals'
                then {{ wilson_bound('numerator', 'denominator', '-') }}
            when 'new_business_from_referrals'
                then case
                    when error is not null
                        then greatest(
                            least(0e0, value), value - {{ z95() }} * error
                        )
                end
            when 'earned_new_customers'
                then case
                    when error is not null
                        then greatest(
                            least(0e0, value), value - {{ z95() }} * error
                        )
                end
            else value - {{ z95() }} * error
        end as bound_low,
        case metric
            when 'new_clients_from_referrals'
                then {{ wilson_bound('numerator', 'denominator', '+') }}
            when 'new_business_from_referrals'
                then case
                    when error is not null
                        then least(
                            greatest(1e0, value), value + {{ z95() }} * error
                        )
                end
            else value + {{ z95() }} * error
        end as bound_high,
        cast(units as bigint) as n,
        'all' as cut

    from figures

),

suppressed as (

    select
        *,
        n > 0 and n < {{ var('suppression_k') }} as is_small,
        n > 0 and n < {{ var('suppression_k') }} as is_suppressed

    from bounded

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        case when not is_suppressed then value end as value,
        case when not is_suppressed then numerator end as numerator,
        case when not is_suppressed then denominator end as denominator,
        case when not is_suppressed and n > 0 then bound_low end as ci_low,
        case when not is_suppressed and n > 0 then bound_high end as ci_high,
        n,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ var('suppression_k')),
            ("undefined_note = 'no new clients'", 'no new clients'),
            (
                "undefined_note = 'no revenue from new clients'",
                'no revenue from new clients',
            ),
            (
                "undefined_note = 'no clients in either window'",
                'no clients in either window',
            ),
            (
                "undefined_note = 'no revenue in the earlier window'",
                'no revenue in the earlier window',
            ),
            (
                "undefined_note = 'no total growth to take a share of'",
                'no total growth to take a share of',
            ),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'range_high <> range_low',
                'range_low to range_high: some clients came by unknown ways',
            ),
            (
                'is_early',
                'starts within 12 months of the first bill: old clients may '
                ~ 'look new',
            ),
            (
                'unconverted_lines > 0',
                'some lines have no exchange rate and are left out',
            ),
            (
                "metric = 'earned_growth_ratio' and bound_low is null",
                'no interval: total growth is not told from zero',
            ),
            ('bound_low is null', 'no interval: the clients do not differ'),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        case when not is_suppressed then range_low end as range_low,
        case when not is_suppressed then range_high end as range_high

    from suppressed

)

select * from metric
