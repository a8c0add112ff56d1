-- Over all time the answers counted are the respondents (after an event: the
-- respondents and events), whoever answered how often; and every way of cutting
-- them adds up to the same.
with

units as (

    select distinct
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        event_id,
        respondent_key
    from {{ ref('fct_survey_responses') }}
    where submitted_date <= {{ as_of_date() }}

),

expected as (

    select
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        count(*) as answers,
        count(distinct respondent_key) as people

    from units

    group by tenant_id, audience, survey_kind, trigger, population

),

counted as (

    select
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        cut_by,
        sum(answers) as answers,
        sum(n) as people

    from {{ ref('nps_windows') }}

    where measure = 'nps' and period = 'all'

    group by tenant_id, audience, survey_kind, trigger, population, cut_by

)

select
    expected.*,
    counted.cut_by,
    counted.answers as counted_answers,
    counted.people as counted_people
from expected
left join counted
    on
        expected.tenant_id = counted.tenant_id
        and expected.audience = counted.audience
        and expected.survey_kind = counted.survey_kind
        and expected.trigger = counted.trigger
        and expected.population = counted.population
where
    counted.answers is null
    or counted.answers <> expected.answers
    or (counted.cut_by = 'all' and counted.people <> expected.people)
    or (
        expected.survey_kind = 'relationship'
        and counted.people <> expected.people
    )
