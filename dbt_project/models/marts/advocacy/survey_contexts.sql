with

responses as (

    select * from {{ ref('int_survey_responses') }}

),

companies as (

    select
        tenant_id,
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

placements as (

    select * from {{ ref('int_placements') }}

),

placed as (

    select
        tenant_id,
        person_id,
        min(start_date) as first_start_date

    from placements

    where is_started and person_id is not null

    group by tenant_id, person_id

),

stages as (

    select * from {{ ref('int_stage_events') }}

),

rejected as (

    select
        tenant_id,
        person_id,
        min(entered_at) as first_rejected_at

    from stages

    where stage_group = 'rejected' and person_id is not null

    group by tenant_id, person_id

),

referred as (

    select
        tenant_id,
        subject_kind,
        subject_id,
        min(touched_at) as first_referred_at

    from {{ ref('fct_touchpoints') }}

    where is_referral and not is_self_referral and subject_id is not null

    group by tenant_id, subject_kind, subject_id

),

candidate_channels as (

    select * from {{ ref('candidate_channels') }}

),

client_channels as (

    select * from {{ ref('client_channels') }}

),

joined as (

    select
        responses.*,
        companies.top_company_id,
        placed.first_start_date,
        rejected.first_rejected_at,
        coalesce(responses.application_id, placements.application_id)
            as known_application_id,
        case
            when responses.respondent_kind = 'candidate'
                then responses.person_id
            else companies.top_company_id
        end as subject_id

    from responses

    left join companies
        on
            responses.tenant_id = companies.tenant_id
            and responses.company_id = companies.company_id

    left join placements
        on
            responses.tenant_id = placements.tenant_id
            and responses.placement_id = placements.placement_id

    left join placed
        on
            responses.tenant_id = placed.tenant_id
            and responses.person_id = placed.person_id

    left join rejected
        on
            responses.tenant_id = rejected.tenant_id
            and responses.person_id = rejected.person_id

),

populated as (

    select
        *,
        {{ survey_population('submitted_at') }} as population,
        {{ survey_event() }} as event_id

    from joined

),

-- How far the application had come when the answer was given.
reached as (

    select
        populated.tenant_id,
        populated.response_id,
        stages.stage_group,
        row_number() over (
            partition by populated.tenant_id, populated.response_id
            order by
                stages.entered_at desc nulls last,
                stages.stage_sequence desc nulls last,
                stages.stage_event_id desc nulls last
        ) as recency

    from populated

    inner join stages
        on
            populated.tenant_id = stages.tenant_id
            and populated.known_application_id = stages.application_id

    where
        stages.entered_at <= populated.submitted_at
        and stages.stage_group not in ('rejected', 'withdrawn', 'unknown')

),

-- The rejection an answer follows: of the application it names, else the
-- person's last one.
rejections as (

    select
        populated.tenant_id,
        populated.response_id,
        populated.person_id,
        populated.submitted_at,
        max(stages.entered_at) as rejected_at

    from populated

    inner join stages
        on
            populated.tenant_id = stages.tenant_id
            and populated.person_id = stages.person_id

    where
        populated.population = 'rejected'
        and stages.stage_group = 'rejected'
        and stages.entered_at <= populated.submitted_at
        and coalesce(
            stages.application_id = populated.known_application_id, true
        )

    group by
        populated.tenant_id, populated.response_id, populated.person_id,
        populated.submitted_at

),

feedback_notes as (

    select
        tenant_id,
        person_id,
        noted_at

    from {{ ref('int_notes') }}

    where person_id is not null and {{ is_feedback_action('action') }}

),

given as (

    select
        rejections.tenant_id,
        rejections.response_id

    from rejections

    inner join feedback_notes
        on
            rejections.tenant_id = feedback_notes.tenant_id
            and rejections.person_id = feedback_notes.person_id

    where
        feedback_notes.noted_at >= rejections.rejected_at
        and feedback_notes.noted_at < rejections.submitted_at

    group by rejections.tenant_id, rejections.response_id

),

-- Whether any feedback came before, for answers whose rejection is not known.
told as (

    select
        populated.tenant_id,
        populated.response_id

    from populated

    inner join feedback_notes
        on
            populated.tenant_id = feedback_notes.tenant_id
            and populated.person_id = feedback_notes.person_id

    where
        populated.population = 'rejected'
        and feedback_notes.noted_at < populated.submitted_at

    group by populated.tenant_id, populated.response_id

),

described as (

    select
        populated.response_id,
        populated.tenant_id,
        populated.source_relation,
        populated.form_id,
        populated.respondent_key,
        populated.person_id,
        populated.company_id,
        populated.top_company_id,
        populated.placement_id,
        populated.application_id,
        populated.job_id,
        populated.recruiter_id,
        populated.event_id,
        populated.respondent_kind as audience,
        populated.survey_kind,
        populated.trigger,
        populated.population,
        case
            when referred.first_referred_at <= populated.submitted_at
                then 'referred'
            else 'no_referral_known'
        end as referral_status,
        case
            when populated.respondent_kind = 'candidate'
                then coalesce(candidate_channels.channel, 'unknown')
            when populated.respondent_kind = 'client'
                then coalesce(client_channels.channel, 'unknown')
            else 'unknown'
        end as channel,
        case
            when
                populated.respondent_kind = 'candidate'
                and populated.survey_kind = 'transactional'
                then coalesce(reached.stage_group, 'unknown')
        end as stage,
        -- Without any note there was no feedback, whenever the rejection was.
        case
            when
                populated.population <> 'rejected'
                or populated.person_id is null
                then cast(null as boolean)
            when given.response_id is not null then true
            when rejections.response_id is not null then false
            when told.response_id is null then false
        end as has_feedback,
        populated.score,
        populated.csat_score,
        populated.ces_score,
        {% for driver in driver_refs() %}
        populated.rating_{{ driver }},
        {% endfor %}
        populated.is_nps_scale,
        populated.is_other_scale_as_nps,
        populated.has_score_given,
        populated.is_shared_mailbox,
        populated.has_comment,
        populated.submitted_at

    from populated

    left join referred
        on
            populated.tenant_id = referred.tenant_id
            and populated.respondent_kind = referred.subject_kind
            and populated.subject_id = referred.subject_id

    left join candidate_channels
        on
            populated.tenant_id = candidate_channels.tenant_id
            and populated.person_id = candidate_channels.person_id

    left join client_channels
        on
            populated.tenant_id = client_channels.tenant_id
            and populated.top_company_id = client_channels.company_id

    left join reached
        on
            populated.tenant_id = reached.tenant_id
            and populated.response_id = reached.response_id
            and reached.recency = 1

    left join rejections
        on
            populated.tenant_id = rejections.tenant_id
            and populated.response_id = rejections.response_id

    left join given
        on
            populated.tenant_id = given.tenant_id
            and populated.response_id = given.response_id

    left join told
        on
            populated.tenant_id = told.tenant_id
            and populated.response_id = told.response_id

)

select * from described
