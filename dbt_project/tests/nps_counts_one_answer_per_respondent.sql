-- Over all time the answers counted are the respondents, whoever answered how
-- often.
with

respondents as (

    select
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        count(*) as n

    from (
        select distinct
            tenant_id,
            audience,
            survey_kind,
            trigger,
            population,
            form_id,
            respondent_key
        from {{ ref('fct_survey_responses') }}
        where submitted_date <= {{ as_of_date() }}
    ) as answered

    group by tenant_id, audience, survey_kind, trigger, population

)

select
    respondents.*,
    metric.n as published_n
from respondents
left join (
    select *
    from {{ ref('metric_nps') }}
    where period = 'all' and cut = 'all'
) as metric
    on
        respondents.tenant_id = metric.tenant_id
        and respondents.audience = metric.audience
        and respondents.survey_kind = metric.survey_kind
        and respondents.trigger = metric.trigger
        and respondents.population = metric.population
where metric.n is null or metric.n <> respondents.n
