with

responses as (

    select *

    from {{ ref('int_survey_responses') }}

    where
        respondent_kind = 'client'
        and cast(submitted_at as date)
        between cast('1990-01-01' as date) and {{ as_of_date() }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

-- Periodic and event surveys are never pooled into one NPS; what a driver
-- question asks is the same in both.
answers as (

    select
        tenant_id,
        company_id,
        response_id,
        respondent_key,
        'score' as question,
        score as answer,
        submitted_at
    from responses
    where is_nps_scale and score is not null and survey_kind = 'relationship'
    union all
    select
        tenant_id,
        company_id,
        response_id,
        respondent_key,
        'understood_needs' as question,
        rating_understood_needs as answer,
        submitted_at
    from responses
    where rating_understood_needs between 1 and 5

),

located as (

    select
        answers.tenant_id,
        companies.top_company_id as company_id,
        answers.response_id,
        answers.respondent_key,
        answers.question,
        answers.answer,
        answers.submitted_at,
        {{ month_of('answers.submitted_at') }} as submitted_month

    from answers

    inner join companies
        on
            answers.tenant_id = companies.tenant_id
            and answers.company_id = companies.company_id

),

-- The latest answer of a contact in a month, and the month of the next one.
monthly as (

    select
        *,
        row_number() over (
            partition by
                tenant_id, company_id, question, respondent_key, submitted_month
            order by submitted_at desc nulls last, response_id desc nulls last
        ) as answer_rank

    from located

),

latest as (

    select
        *,
        lead(submitted_month) over (
            partition by tenant_id, company_id, question, respondent_key
            order by submitted_month asc nulls last
        ) as next_month

    from monthly

    where answer_rank = 1

),

offsets as (

    {% for months in range(1, 13) -%}
    select {{ months }} as months
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- An answer is known from the month after it for twelve months, or until the
-- contact answers again.
known as (

    select
        latest.tenant_id,
        latest.company_id,
        latest.question,
        latest.answer,
        {{ months_later('latest.submitted_month', 'offsets.months') }}
            as month_start,
        latest.next_month

    from latest

    cross join offsets

),

counted as (

    select
        tenant_id,
        company_id,
        month_start,
        sum(case when question = 'score' then 1 else 0 end) as scorers,
        sum(case when question = 'score' then answer else 0 end) as scores,
        sum(case when question = 'score' then 0 else 1 end) as raters,
        sum(case when question = 'score' then 0 else answer end) as ratings

    from known

    where
        (next_month is null or month_start <= next_month)
        and month_start <= {{ as_of_date() }}

    group by tenant_id, company_id, month_start

),

opinions as (

    select

        ---------- ids
        tenant_id,
        company_id,

        ---------- strings
        case
            when scorers = 0 then 'no_answer'
            when 2 * scores >= 17 * scorers then 'promoter'
            when 2 * scores >= 13 * scorers then 'passive'
            else 'detractor'
        end as nps_band,
        case
            when raters = 0 then 'no_answer'
            when 2 * ratings >= 7 * raters then 'understood'
            else 'not_understood'
        end as understood,

        ---------- numerics
        cast(scorers as bigint) as scored_contacts,
        cast(scores as double) / nullif(scorers, 0) as mean_score,
        cast(raters as bigint) as rating_contacts,
        cast(ratings as double) / nullif(raters, 0) as mean_understood_rating,

        ---------- dates
        month_start

    from counted

)

select * from opinions
