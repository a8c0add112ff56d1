{% set k = var('suppression_k') %}
{% set dimensions = [
    'tenant_id', 'period', 'period_start', 'audience', 'survey_kind',
    'population',
] %}
{% set cell = dimensions | join(', ') %}

with

pairs as (

    select * from {{ ref('driver_windows') }}

),

scores as (

    select
        {{ cell }},
        driver,
        score,
        sum(answers) as answers

    from pairs

    group by {{ cell }}, driver, score

),

score_ranks as (

    select
        *,
        -- Twice the average rank of ties, a whole number.
        2 * sum(answers) over (
            partition by {{ cell }}, driver
            order by score asc nulls last
            rows between unbounded preceding and current row
        ) - answers + 1 as twice_rank

    from scores

),

ratings as (

    select
        {{ cell }},
        driver,
        rating,
        sum(answers) as answers

    from pairs

    group by {{ cell }}, driver, rating

),

rating_ranks as (

    select
        *,
        2 * sum(answers) over (
            partition by {{ cell }}, driver
            order by rating asc nulls last
            rows between unbounded preceding and current row
        ) - answers + 1 as twice_rank

    from ratings

),

totals as (

    select
        {{ cell }},
        driver,
        bool_and(is_finished) as is_finished,
        cast(sum(people) as bigint) as n,
        cast(sum(answers) as bigint) as answers,
        cast(sum(answers * rating) as bigint) as rating_sum,
        cast(sum(answers * rating * rating) as bigint) as rating_squares

    from pairs

    group by {{ cell }}, driver

),

-- Every rank less the mean of all ranks, (n + 1) / 2; doubled, so whole.
products as (

    select
        {% for column in dimensions %}
        pairs.{{ column }},
        {% endfor %}
        pairs.driver,
        cast(pairs.answers as decimal(12, 0)) as answers,
        cast(score_ranks.twice_rank - totals.answers - 1 as decimal(12, 0)) as x,
        cast(rating_ranks.twice_rank - totals.answers - 1 as decimal(12, 0)) as y

    from pairs

    {% for other, key in [
        ('totals', ''), ('score_ranks', 'score'), ('rating_ranks', 'rating'),
    ] %}
    inner join {{ other }}
        on
            pairs.tenant_id = {{ other }}.tenant_id
            and pairs.period = {{ other }}.period
            and pairs.period_start = {{ other }}.period_start
            and pairs.audience = {{ other }}.audience
            and pairs.survey_kind = {{ other }}.survey_kind
            and pairs.population = {{ other }}.population
            and pairs.driver = {{ other }}.driver
            {%- if key %}
            and pairs.{{ key }} = {{ other }}.{{ key }}
            {%- endif %}

    {% endfor %}
),

sums as (

    select
        {{ cell }},
        driver,
        cast(sum(answers * x * y) as double) / 4e0 as xy,
        cast(sum(answers * x * x) as double) / 4e0 as xx,
        cast(sum(answers * y * y) as double) / 4e0 as yy

    from products

    group by {{ cell }}, driver

),

correlated as (

    select
        {% for column in dimensions %}
        totals.{{ column }},
        {% endfor %}
        totals.driver,
        totals.is_finished,
        totals.n,
        totals.answers,
        cast(totals.rating_sum as double) as rating_sum,
        cast(totals.answers as double) as votes,
        cast(totals.rating_sum as double) / cast(totals.answers as double)
            as mean_rating,
        case
            when totals.answers > 1
                then {{ t95('totals.answers - 1') }} * sqrt(
                    cast(
                        totals.answers * totals.rating_squares
                        - totals.rating_sum * totals.rating_sum as double
                    ) / (
                        cast(totals.answers as double)
                        * (cast(totals.answers as double) - 1e0)
                    )
                ) / sqrt(cast(totals.answers as double))
        end as half_rating,
        sums.xy,
        sqrt(sums.xx * sums.yy) as spread,
        -- greatest and least pass over nulls.
        case
            when sums.xx > 0 and sums.yy > 0
                then greatest(
                    -1e0,
                    least(1e0, sums.xy / sqrt(sums.xx * sums.yy))
                )
        end as correlation,
        totals.n < {{ k }} as is_suppressed

    from totals

    inner join sums
        on
            totals.driver = sums.driver
            {% for column in dimensions %}
            and totals.{{ column }} = sums.{{ column }}
            {% endfor %}

),

-- Fisher's z with the standard error of Bonett and Wright (2000); a perfect
-- correlation is taken back by a hair, since its z is infinite.
transformed as (

    select
        *,
        ln(
            (1e0 + greatest(-0.999999e0, least(0.999999e0, correlation)))
            / (1e0 - greatest(-0.999999e0, least(0.999999e0, correlation)))
        ) / 2e0 as z,
        case
            when answers > 3
                then {{ z95() }} * sqrt(
                    (1e0 + correlation * correlation / 2e0) / (votes - 3e0)
                )
        end as half_z,
        case
            when not is_suppressed and correlation is not null
                then cast(correlation as decimal(18, 12))
        end as compared_correlation,
        case
            when not is_suppressed and correlation is not null
                then cast(mean_rating as decimal(18, 12))
        end as compared_rating

    from correlated

),

usual as (

    select
        *,
        cast(
            cast(sum(compared_correlation) over (partition by {{ cell }}) as double)
            / nullif(count(compared_correlation) over (partition by {{ cell }}), 0)
            as decimal(18, 12)
        ) as usual_correlation,
        cast(
            cast(sum(compared_rating) over (partition by {{ cell }}) as double)
            / nullif(count(compared_rating) over (partition by {{ cell }}), 0)
            as decimal(18, 12)
        ) as usual_rating

    from transformed

),

judged as (

    select
        *,
        least(
            correlation,
            (exp(2e0 * (z - half_z)) - 1e0) / (exp(2e0 * (z - half_z)) + 1e0)
        ) as correlation_low,
        greatest(
            correlation,
            (exp(2e0 * (z + half_z)) - 1e0) / (exp(2e0 * (z + half_z)) + 1e0)
        ) as correlation_high,
        case
            when compared_correlation is null then cast(null as string)
            when
                compared_correlation >= usual_correlation
                and compared_rating < usual_rating
                then 'fix_first'
            when compared_correlation >= usual_correlation then 'keep_up'
            when compared_rating < usual_rating then 'improve_later'
            else 'leave_alone'
        end as quadrant

    from usual

),

ordered as (

    select
        *,
        case
            when quadrant is not null
                then cast(
                    row_number() over (
                        partition by {{ cell }}
                        order by
                            case quadrant
                                when 'fix_first' then 1
                                when 'keep_up' then 2
                                when 'improve_later' then 3
                                when 'leave_alone' then 4
                            end asc nulls last,
                            compared_correlation desc nulls last,
                            compared_rating asc nulls last,
                            driver asc nulls last
                    ) as int
                )
        end as priority

    from judged

),

{% set shown = 'case when not is_suppressed then ' %}
metric as (

    {% for metric, value, numerator, denominator, low, high in [
        (
            'driver_importance', 'correlation', 'xy', 'spread',
            'correlation_low', 'correlation_high',
        ),
        (
            'driver_rating', 'mean_rating', 'rating_sum', 'votes',
            'greatest(1e0, mean_rating - half_rating)',
            'least(5e0, mean_rating + half_rating)',
        ),
    ] %}
    select
        tenant_id,
        '{{ metric }}' as metric,
        period,
        period_start,
        audience,
        survey_kind,
        population,
        driver,
        {{ shown }}{{ value }} end as value,
        {{ shown }}{{ numerator }} end as numerator,
        {{ shown }}{{ denominator }} end as denominator,
        {{ shown }}{{ low }} end as ci_low,
        {{ shown }}{{ high }} end as ci_high,
        n,
        is_suppressed,
        {{ metric_note([
            ('is_suppressed', 'suppressed: fewer than ' ~ k),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'correlation is null',
                'no correlation: all scores or all ratings alike',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        quadrant,
        priority

    from ordered
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from metric
