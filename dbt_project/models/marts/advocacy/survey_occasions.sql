with

applications as (

    select * from {{ ref('int_applications') }}

),

placements as (

    select * from {{ ref('int_placements') }}

    where is_started

),

interviews as (

    select
        tenant_id,
        application_id,
        min(entered_at) as first_interview_at

    from {{ ref('int_stage_events') }}

    where stage_group = 'interview'

    group by tenant_id, application_id

),

happened as (

    select
        tenant_id,
        'application' as trigger,
        application_id as event_id,
        person_id,
        recruiter_id,
        cast(applied_at as date) as occurred_date

    from applications

    union all

    select
        applications.tenant_id,
        'interview' as trigger,
        applications.application_id as event_id,
        applications.person_id,
        applications.recruiter_id,
        cast(interviews.first_interview_at as date) as occurred_date

    from applications

    inner join interviews
        on
            applications.tenant_id = interviews.tenant_id
            and applications.application_id = interviews.application_id

    union all

    select
        tenant_id,
        'rejection' as trigger,
        application_id as event_id,
        person_id,
        recruiter_id,
        cast(rejected_at as date) as occurred_date

    from applications

    where is_rejected

    {% for trigger, days in [
        ('placement_start', 0), ('placement_30d', 30), ('placement_90d', 90),
    ] %}
    union all

    select
        tenant_id,
        '{{ trigger }}' as trigger,
        placement_id as event_id,
        person_id,
        recruiter_id,
        {{ add_days('start_date', days) }} as occurred_date

    from placements

    where
        end_date is null
        or end_date > {{ add_days('start_date', days) }}
        {%- if days == 0 %}
        or end_date = start_date
        {%- endif %}

    {% endfor %}

    union all

    select
        tenant_id,
        'job_close' as trigger,
        job_id as event_id,
        contact_id as person_id,
        recruiter_id,
        cast(closed_at as date) as occurred_date

    from {{ ref('int_jobs') }}

    where closed_at is not null

),

answers as (

    select * from {{ ref('survey_contexts') }}

    where
        survey_kind = 'transactional'
        and cast(submitted_at as date) <= {{ as_of_date() }}

),

invitations as (

    select
        *,
        {{ survey_event() }} as event_id

    from {{ ref('int_survey_invitations') }}

    where cast(delivered_at as date) <= {{ as_of_date() }}

),

answered as (

    select
        tenant_id,
        trigger,
        event_id

    from answers

    group by tenant_id, trigger, event_id

),

invited as (

    select
        tenant_id,
        trigger,
        event_id

    from invitations

    group by tenant_id, trigger, event_id

),

surveyed as (

    select * from {{ ref('survey_triggers') }}

),

described as (

    select
        happened.trigger || ':' || happened.event_id as occasion_id,
        happened.tenant_id,
        happened.trigger,
        happened.event_id,
        coalesce(happened.person_id, happened.event_id) as respondent_key,
        happened.recruiter_id,
        case when happened.trigger = 'job_close' then 'client' else 'candidate' end
            as audience,
        case
            when happened.trigger = 'job_close' then 'client'
            when happened.trigger = 'rejection' then 'rejected'
            when happened.trigger like 'placement%' then 'hired'
            else 'in_process'
        end as population,
        answered.event_id is not null as is_answered,
        case
            when answered.event_id is not null then true
            when surveyed.is_told then invited.event_id is not null
        end as is_invited,
        surveyed.is_told,
        happened.occurred_date

    from happened

    inner join surveyed
        on
            happened.tenant_id = surveyed.tenant_id
            and happened.trigger = surveyed.trigger

    left join answered
        on
            happened.tenant_id = answered.tenant_id
            and happened.trigger = answered.trigger
            and happened.event_id = answered.event_id

    left join invited
        on
            happened.tenant_id = invited.tenant_id
            and happened.trigger = invited.trigger
            and happened.event_id = invited.event_id

    where
        happened.occurred_date >= surveyed.first_month
        -- An answer needs time to come.
        and {{ add_days('happened.occurred_date', 30) }} <= {{ as_of_date() }}

)

select * from described
