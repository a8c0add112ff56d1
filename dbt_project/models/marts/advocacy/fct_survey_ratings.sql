{% set questions = [
    ('csat', 'csat', 'csat_score', 5), ('ces', 'ces', 'ces_score', 7),
] %}
{% for driver in driver_refs() %}
{% do questions.append((driver, 'driver', 'rating_' ~ driver, 5)) %}
{% endfor %}

with

answers as (

    select * from {{ ref('survey_contexts') }}

),

ratings as (

    {% for question, kind, column, highest in questions %}
    select
        answers.*,
        '{{ question }}' as driver,
        '{{ kind }}' as question_kind,
        cast({{ column }} as int) as rating,
        {{ highest }} as highest_rating

    from answers

    where {{ column }} between 1 and {{ highest }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

described as (

    select

        ---------- ids
        response_id,
        tenant_id,
        respondent_key,
        person_id,
        top_company_id,
        recruiter_id,

        ---------- strings
        driver,
        question_kind,
        audience,
        survey_kind,
        trigger,
        population,

        ---------- numerics
        rating,
        cast(highest_rating as int) as highest_rating,
        cast(case when is_nps_scale then score end as int) as score,

        ---------- booleans
        row_number() over (
            partition by
                tenant_id, driver, audience, survey_kind, trigger, population,
                respondent_key, event_id, {{ month_of('submitted_at') }}
            order by submitted_at desc nulls last, response_id desc nulls last
        ) = 1 as is_counted_in_month,

        ---------- dates
        cast(submitted_at as date) as submitted_date,

        ---------- timestamps
        cast(submitted_at as timestamp) as submitted_at

    from ratings

)

select * from described
