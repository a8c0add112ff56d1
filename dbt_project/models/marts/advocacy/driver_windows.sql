{% set cell = 'tenant_id, audience, survey_kind, population, driver' %}

with

periods as (

    select * from {{ ref('period_months') }}

    where period in ('trailing_12m', 'all')

),

-- The answers that NPS counts; a rating without a score is a partial response.
answers as (

    select
        votes.tenant_id,
        votes.audience,
        votes.survey_kind,
        votes.population,
        votes.respondent_key,
        votes.vote_id,
        votes.amount as score,
        {% for driver in driver_refs() %}
        contexts.rating_{{ driver }},
        {% endfor %}
        votes.vote_month,
        votes.next_month

    from {{ ref('survey_votes') }} as votes

    inner join {{ ref('survey_contexts') }} as contexts
        on
            votes.tenant_id = contexts.tenant_id
            and votes.vote_id = contexts.response_id

    where votes.measure = 'nps'

),

ratings as (

    {% for driver in driver_refs() %}
    select
        tenant_id,
        audience,
        survey_kind,
        population,
        '{{ driver }}' as driver,
        respondent_key,
        vote_id,
        score,
        rating_{{ driver }} as rating,
        vote_month,
        next_month

    from answers

    where rating_{{ driver }} between 1 and 5
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

personal as (

    select
        *,
        lead(vote_month) over (
            partition by {{ cell }}, respondent_key
            order by vote_month asc nulls last, vote_id asc nulls last
        ) as next_month_of_person

    from ratings

    where survey_kind <> 'relationship'

    union all

    select
        *,
        next_month as next_month_of_person

    from ratings

    where survey_kind = 'relationship'

),

-- At most 55 pairs of score and rating: counts of them are all that ranks need.
tallied as (

    select
        {{ cell }},
        score,
        rating,
        vote_month,
        next_month,
        next_month_of_person,
        count(*) as answers

    from personal

    group by
        {{ cell }}, score, rating, vote_month, next_month,
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
        {{ people_in_window('answers') }} as people

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.vote_month = periods.month_start

    where
        tallied.next_month is null
        or tallied.next_month >= periods.period_end

    group by
        tallied.tenant_id, periods.period, periods.period_start,
        tallied.audience, tallied.survey_kind, tallied.population,
        tallied.driver, tallied.score, tallied.rating

)

select * from windowed
