-- A response is an NPS answer or stands under one reason why not.
select
    responses.tenant_id,
    responses.form_id,
    responses.received,
    answers.counted,
    exclusions.excluded
from (
    select
        tenant_id,
        form_id,
        count(*) as received
    from {{ ref('int_survey_responses') }}
    group by tenant_id, form_id
) as responses
left join (
    select
        tenant_id,
        form_id,
        count(*) as counted
    from {{ ref('fct_survey_responses') }}
    group by tenant_id, form_id
) as answers
    on
        responses.tenant_id = answers.tenant_id
        and responses.form_id is not distinct from answers.form_id
left join (
    select
        tenant_id,
        form_id,
        sum(answers) as excluded
    from {{ ref('survey_exclusions') }}
    group by tenant_id, form_id
) as exclusions
    on
        responses.tenant_id = exclusions.tenant_id
        and responses.form_id is not distinct from exclusions.form_id
where
    responses.received
    <> coalesce(answers.counted, 0) + coalesce(exclusions.excluded, 0)
