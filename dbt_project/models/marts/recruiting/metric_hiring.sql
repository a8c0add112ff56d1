{% set k = var('suppression_k') %}
{% set series %}
tenant_id, metric, period, period_start, cut_by, cut
{%- endset %}

with

counts as (

    select
        *,
        sum(units) over (
            partition by {{ series }}
            order by amount asc nulls last, is_pending asc nulls last
            rows between unbounded preceding and current row
        ) as rank_to,
        sum(units) over (partition by {{ series }}) as n

    from {{ ref('hiring_counts') }}

),

-- Ranks of the median and of the order statistics that enclose it with 95 %
-- probability whatever the distribution (sign test); none below six.
ranked as (

    select
        *,
        rank_to - units + 1 as rank_from,
        floor((n + 1) / 2e0) as middle_low,
        ceil((n + 1) / 2e0) as middle_high,
        floor((n + 1 - {{ z95() }} * sqrt(cast(n as double))) / 2e0) as low_rank

    from counts

),

summed as (

    select
        {{ series }},
        bool_and(is_finished) as is_finished,
        cast(max(n) as bigint) as n,
        cast(sum(people) as bigint) as people,
        cast(sum(units * amount) as double) as total,
        cast(sum(case when is_pending then units else 0 end) as double)
            as pending,
        cast(max(case
            when middle_low between rank_from and rank_to then amount
        end) as double) as median_low,
        cast(max(case
            when middle_high between rank_from and rank_to then amount
        end) as double) as median_high,
        cast(max(case
            when low_rank >= 1 and low_rank between rank_from and rank_to
                then amount
        end) as double) as rank_low,
        cast(max(case
            when
                low_rank >= 1
                and n + 1 - low_rank between rank_from and rank_to
                then amount
        end) as double) as rank_high

    from ranked

    group by {{ series }}

),

typed as (

    select
        *,
        cast(n as double) as trials,
        case when metric like '%_rate' then 'share' else 'median' end as kind

    from summed

),

estimated as (

    select
        *,
        case
            when kind = 'median' then (median_low + median_high) / 2e0
            else total / trials
        end as value,
        case when kind <> 'median' then total end as numerator,
        case when kind <> 'median' then trials end as denominator,
        case
            when kind = 'share' then {{ wilson_bound('total', 'trials', '-') }}
            else rank_low
        end as ci_low,
        case
            when kind = 'share' then {{ wilson_bound('total', 'trials', '+') }}
            else rank_high
        end as ci_high,
        case when kind = 'share' then total / trials end as share_low,
        case when kind = 'share' then (total + pending) / trials end
            as share_high

    from typed

),

hidden as (

    select
        *,
        people < {{ k }} as is_small,
        sum(
            case when cut_by <> 'all' and people < {{ k }} then people else 0 end
        ) over (
            partition by tenant_id, metric, period, period_start, cut_by
        ) as hidden_people,
        row_number() over (
            partition by
                tenant_id, metric, period, period_start, cut_by,
                case when people >= {{ k }} then 1 else 0 end
            order by people asc nulls last, cut asc nulls last
        ) as size_rank

    from estimated

),

suppressed as (

    select
        *,
        is_small or (
            cut_by <> 'all'
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
        cut_by,
        cut,
        {% for figure in [
            'value', 'numerator', 'denominator', 'ci_low', 'ci_high'
        ] -%}
        cast(case when not is_suppressed then {{ figure }} end as double)
            as {{ figure }},
        {% endfor -%}
        n,
        people,
        is_suppressed,
        {{ metric_note([
            ('is_small', 'suppressed: fewer than ' ~ k),
            ('is_suppressed', 'suppressed: would reveal another cut'),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'share_high > share_low',
                'range share_low to share_high: some are still open',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        cast(case when not is_suppressed then share_low end as double)
            as share_low,
        cast(case when not is_suppressed then share_high end as double)
            as share_high

    from suppressed

)

select * from metric
