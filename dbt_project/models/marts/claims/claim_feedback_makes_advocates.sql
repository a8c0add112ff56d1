with

periods as (

    select * from {{ ref('claim_periods') }}

),

jobs as (

    select * from {{ ref('dim_jobs') }}

),

-- Feedback counts when it came before the answer, so that nobody is sorted by
-- what came after.
answers as (

    select
        *,
        row_number() over (
            partition by tenant_id, event_id, respondent_key
            order by submitted_at desc nulls last, response_id desc nulls last
        ) as recency

    from {{ ref('fct_survey_responses') }}

    where
        audience = 'candidate'
        and trigger = 'rejection'
        and has_feedback is not null
        and submitted_date <= {{ as_of_date() }}

),

units as (

    select
        answers.tenant_id,
        'feedback_makes_advocates' as claim,
        'nps' as measure,
        periods.period,
        periods.period_start,
        coalesce(jobs.job_family, 'unknown')
        || ' | ' || coalesce(jobs.seniority, 'unknown') as stratum,
        answers.respondent_key as cluster_id,
        answers.respondent_key as person_id,
        case when answers.has_feedback then 1 else 0 end as is_side_a,
        case
            when answers.band = 'promoter' then 100
            when answers.band = 'detractor' then -100
            else 0
        end as outcome,
        1 as exposure,
        cast(null as int) as events

    from answers

    inner join periods
        on answers.tenant_id = periods.tenant_id

    left join {{ ref('int_applications') }} as applications
        on
            answers.tenant_id = applications.tenant_id
            and answers.application_id = applications.application_id

    left join jobs
        on
            applications.tenant_id = jobs.tenant_id
            and applications.job_id = jobs.job_id

    where
        answers.recency = 1
        and answers.submitted_date >= periods.period_start
        and answers.submitted_date < periods.period_end

)

select * from units
