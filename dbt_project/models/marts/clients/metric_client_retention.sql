with

cohorts as (

    select * from {{ ref('client_cohorts') }}

),

cuts as (

    {% for cut_by, cut in [
        ('all', "'all'"),
        ('referral_status', 'referral_status'),
        ('nps_band', 'nps_band'),
        ('understood', 'understood'),
    ] -%}
    select
        tenant_id,
        period_start,
        '{{ cut_by }}' as cut_by,
        {{ cut }} as cut,
        {%- for name in [
            'clients', 'retained', 'without_revenue', 'unconverted_lines',
            'earlier', 'later', 'kept', 'lost', 'earlier_earlier',
            'earlier_later', 'later_later', 'earlier_kept', 'kept_kept',
            'earlier_lost',
        ] %}
        cast(sum({{ name }}) as double) as {{ name }},
        {%- endfor %}
        cast(sum(lost_lost) as double) as lost_lost
    from cohorts
    group by tenant_id, period_start{{ ', ' ~ cut if cut_by != 'all' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

figures as (

    select
        tenant_id,
        'logo_retention' as metric,
        period_start,
        cut_by,
        cut,
        clients,
        without_revenue,
        unconverted_lines,
        retained / nullif(clients, 0e0) as value,
        retained as numerator,
        clients as denominator,
        case
            when clients > 0
                then {{ wilson_bound('retained', 'clients', '-') }}
        end as ci_low,
        case
            when clients > 0
                then {{ wilson_bound('retained', 'clients', '+') }}
        end as ci_high,
        true as has_interval,
        false as is_floored
    from cuts

    {% for metric, kept, square, product in [
        ('nrr', 'later', 'later_later', 'earlier_later'),
        ('grr', 'kept', 'kept_kept', 'earlier_kept'),
        ('revenue_churn', 'lost', 'lost_lost', 'earlier_lost'),
    ] -%}
    {%- set numerator = 'greatest(0e0, kept)' if metric == 'grr' else kept %}
    union all

    select
        tenant_id,
        metric,
        period_start,
        cut_by,
        cut,
        clients,
        without_revenue,
        unconverted_lines,
        value,
        numerator,
        denominator,
        case
            when error is not null then greatest(
                least(0e0, value), value - {{ z95() }} * error
            )
        end as ci_low,
        case
            when metric = 'nrr' then value + {{ z95() }} * error
            when error is not null then least(
                greatest(1e0, value), value + {{ z95() }} * error
            )
        end as ci_high,
        error is not null as has_interval,
        is_floored
    from (
        select
            *,
            '{{ metric }}' as metric,
            case when earlier > 0 then {{ numerator }} / earlier end as value,
            {{ numerator }} as numerator,
            earlier as denominator,
            case
                when earlier > 0 then {{ ratio_error(
                    'clients', 'earlier', kept, 'earlier_earlier', product,
                    square
                ) }}
            end as error,
            {{ 'kept < 0' if metric == 'grr' else 'false' }} as is_floored
        from cuts
    ) as {{ metric }}
    {% endfor %}

),

counted as (

    select
        *,
        cast(clients as bigint) as n

    from figures

    where clients > 0 or cut_by = 'all'

),

hidden as (

    select
        *,
        {{ small_group_columns(['tenant_id', 'metric', 'period_start', 'cut_by']) }}

    from counted

),

suppressed as (

    select
        *,
        {{ is_withheld() }} as is_suppressed

    from hidden

),

metric as (

    select
        tenant_id,
        metric,
        'trailing_12m' as period,
        period_start,
        cut_by,
        cut,
        {%- for figure in [
            'value', 'numerator', 'denominator', 'ci_low', 'ci_high',
        ] %}
        case when not is_suppressed then {{ figure }} end as {{ figure }},
        {%- endfor %}
        n,
        is_suppressed,
        {{ metric_note(small_group_notes() + [
            ('n = 0', 'no clients in the earlier window'),
            (
                "metric <> 'logo_retention' and denominator <= 0",
                'no revenue in the earlier window',
            ),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'unconverted_lines > 0',
                'some lines have no exchange rate and are left out',
            ),
            ('not has_interval', 'no interval: the clients do not differ'),
            ('is_floored', 'credits exceed what was kept: floored at 0'),
            (
                "metric <> 'logo_retention' and without_revenue > 0",
                'some clients had no positive revenue in the earlier window',
            ),
        ]) }} as note,
        case
            when not is_suppressed then cast(without_revenue as bigint)
        end as clients_without_revenue,
        cast(unconverted_lines as bigint) as unconverted_lines

    from suppressed

)

select * from metric
