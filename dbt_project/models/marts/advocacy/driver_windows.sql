{% set cell = 'tenant_id, audience, survey_kind, population, driver' %}

with

periods as (

    select * from {{ ref('period_months') }}

    where period in ('trailing_12m', 'all')

),

ratings as (

    select
        *,
        respondent_key || '|' || trigger || '|' || coalesce(event_id, '')
            as unit_key

    from {{ ref('fct_survey_ratings') }}

    -- A rating without a score is a partial response.
    where
        question_kind = 'driver'
        and score is not null
        and submitted_date <= {{ as_of_date() }}

),

monthly as (

    select
        *,
        row_number() over (
            partition by {{ cell }}, unit_key, submitted_month
            order by submitted_at desc nulls last, response_id desc nulls last
        ) as answer_rank

    from ratings

),

latest as (

    select
        *,
        lead(submitted_month) over (
            partition by {{ cell }}, unit_key
            order by submitted_month asc nulls last
        ) as next_month,
        lead(submitted_month) over (
            partition by {{ cell }}, respondent_key
            order by submitted_month asc nulls last, response_id asc nulls last
        ) as next_month_of_person

    from monthly

    where answer_rank = 1

),

-- At most 55 pairs of score and rating: counts of them are all that ranks need.
tallied as (

    select
        {{ cell }},
        score,
        rating,
        submitted_month,
        next_month,
        next_month_of_person,
        count(*) as answers

    from latest

    group by
        {{ cell }}, score, rating, submitted_month, next_month,
        next_month_of_person

),

windowed as (

    select
        tallied.tenant_id,
        periods.period,
        periods.period_start,
        tallied.audience,
        tallied.survey_kind,
        tallied.population,
        tallied.driver,
        tallied.score,
        tallied.rating,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(tallied.answers) as bigint) as answers,
        cast(
            sum(
                case
                    when
                        tallied.next_month_of_person is null
                        or tallied.next_month_of_person >= periods.period_end
                        then tallied.answers
                    else 0
                end
            ) as bigint
        ) as people

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.submitted_month = periods.month_start

    where
        tallied.next_month is null
        or tallied.next_month >= periods.period_end

    group by
        tallied.tenant_id, periods.period, periods.period_start,
        tallied.audience, tallied.survey_kind, tallied.population,
        tallied.driver, tallied.score, tallied.rating

)

select * from windowed
