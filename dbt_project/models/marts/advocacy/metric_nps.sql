{% set k = var('suppression_k') %}
{%- set window -%}
    tenant_id, metric, period, period_start, audience, survey_kind, trigger,
    population
{%- endset %}
{% set shown_if_not = 'case when not is_suppressed then ' %}

with

figures as (

    select * from {{ ref('survey_figures') }}

),

sized as (

    select
        *,
        n < {{ k }} as is_small,
        max(case when cut_by = 'all' then n end) over (
            partition by {{ window }}
        ) as people_in_all,
        sum(case when n >= {{ k }} then n else 0 end) over (
            partition by {{ window }}, cut_by
        ) as people_shown,
        max(case when n < {{ k }} then n else 0 end) over (
            partition by {{ window }}, cut_by
        ) as most_people_hidden,
        row_number() over (
            partition by
                {{ window }}, cut_by, case when n >= {{ k }} then 1 else 0 end
            order by n asc nulls last, cut asc nulls last
        ) as size_rank

    from figures

),

-- What is hidden could be had by subtraction from the whole: the smallest
-- other cut goes with it unless enough different people are hidden already.
complemented as (

    select
        *,
        is_small or (
            cut_by <> 'all'
            and most_people_hidden > 0
            and size_rank = 1
            and greatest(
                most_people_hidden, coalesce(people_in_all, 0) - people_shown
            ) < {{ k }}
        ) as is_withheld

    from sized

),

-- The mean of the companies and the whole are two equations: they give away
-- one or two companies that are not shown on their own.
hidden_companies as (

    select distinct
        tenant_id,
        period,
        period_start,
        audience,
        survey_kind,
        trigger,
        population

    from complemented

    where
        metric = 'nps'
        and cut_by = 'company'
        and (is_withheld or cut = '(fewer than {{ k }} people)')

),

suppressed as (

    select
        complemented.*,
        complemented.is_withheld or (
            complemented.metric = 'nps_by_company'
            and complemented.small_companies <= 2
            and hidden_companies.tenant_id is not null
        ) as is_suppressed,
        case complemented.period
            when 'month' then 1
            when 'trailing_3m' then 3
            when 'trailing_6m' then 6
            when 'trailing_12m' then 12
        end as months,
        case
            when complemented.metric like 'nps%' then 200e0
            when complemented.metric = 'ces' then 6e0
            else 1e0
        end as widest

    from complemented

    left join hidden_companies
        on
            complemented.tenant_id = hidden_companies.tenant_id
            and complemented.period = hidden_companies.period
            and complemented.period_start = hidden_companies.period_start
            and complemented.audience = hidden_companies.audience
            and complemented.survey_kind = hidden_companies.survey_kind
            and complemented.trigger = hidden_companies.trigger
            and complemented.population = hidden_companies.population

),

dated as (

    select
        *,
        {{ months_later('period_start', '-months') }} as earlier_start

    from suppressed

),

compared as (

    select
        dated.*,
        dated.value - earlier.value as change,
        dated.centre - earlier.centre as centre_change,
        sqrt(
            dated.half_width * dated.half_width
            + earlier.half_width * earlier.half_width
        ) as half_change

    from dated

    left join suppressed as earlier
        on
            dated.tenant_id = earlier.tenant_id
            and dated.metric = earlier.metric
            and dated.period = earlier.period
            and dated.earlier_start = earlier.period_start
            and dated.audience = earlier.audience
            and dated.survey_kind = earlier.survey_kind
            and dated.trigger = earlier.trigger
            and dated.population = earlier.population
            and dated.cut_by = earlier.cut_by
            and dated.cut = earlier.cut
            and not earlier.is_suppressed

),

bounded as (

    select
        *,
        case
            when half_change is not null
                then greatest(-widest, centre_change - half_change)
        end as change_low,
        case
            when half_change is not null
                then least(widest, centre_change + half_change)
        end as change_high

    from compared

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        audience,
        survey_kind,
        trigger,
        population,
        cut_by,
        cut,
        {% for column in [
            'value', 'numerator', 'denominator', 'ci_low', 'ci_high',
        ] %}
        {{ shown_if_not }}{{ column }} end as {{ column }},
        {% endfor %}
        n,
        is_suppressed,
        case
            when is_small then 'suppressed: fewer than {{ k }}'
            when is_suppressed then 'suppressed: would reveal another cut'
            when remark = 'deliveries unknown' then remark
            when n < 15 then 'insufficient: fewer than 15'
            when remark is not null then remark
            when not is_finished then 'period not finished'
        end as note,
        {% for column in [
            'promoters', 'detractors', 'asked', 'nps_low', 'nps_late',
            'range_low', 'range_high', 'client_book', 'fpc_ci_low',
            'fpc_ci_high',
        ] %}
        {{ shown_if_not }}{{ column }} end as {{ column }},
        {% endfor %}
        case when not is_suppressed and half_change is not null then change end
            as change,
        {{ shown_if_not }}change_low end as change_ci_low,
        {{ shown_if_not }}change_high end as change_ci_high,
        {{ shown_if_not }}change_low > 0 or change_high < 0 end as is_change

    from bounded

)

select * from metric
