with

responses as (

    select * from {{ ref('fct_survey_responses') }}

    where submitted_date <= {{ as_of_date() }}

),

delays as (

    select
        responses.tenant_id,
        responses.response_id,
        responses.respondent_key,
        responses.audience,
        responses.survey_kind,
        responses.trigger,
        responses.population,
        {{ hours_between('min(invitations.delivered_at)', 'min(responses.submitted_at)') }}
            as hours

    from responses

    inner join {{ ref('int_survey_invitations') }} as invitations
        on
            responses.tenant_id = invitations.tenant_id
            and responses.response_id = invitations.response_id

    group by
        responses.tenant_id, responses.response_id, responses.respondent_key,
        responses.audience, responses.survey_kind, responses.trigger,
        responses.population

),

usual as (

    select
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        percentile_cont(0.5) within group (order by hours asc nulls last)
            as median_hours

    from delays

    group by tenant_id, audience, survey_kind, trigger, population

),

-- The slower half of the answers speaks for those who stayed silent.
timed as (

    select
        delays.tenant_id,
        delays.response_id,
        delays.respondent_key,
        delays.hours,
        delays.hours > usual.median_hours as is_late

    from delays

    inner join usual
        on
            delays.tenant_id = usual.tenant_id
            and delays.audience = usual.audience
            and delays.survey_kind = usual.survey_kind
            and delays.trigger = usual.trigger
            and delays.population = usual.population

)

select * from timed
