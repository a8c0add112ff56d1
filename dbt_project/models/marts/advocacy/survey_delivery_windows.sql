{% set cell = 'tenant_id, audience, survey_kind, trigger, population' %}

with

periods as (

    select * from {{ ref('period_months') }}

),

placed as (

    select
        tenant_id,
        person_id,
        min(start_date) as first_start_date

    from {{ ref('int_placements') }}

    where is_started and person_id is not null

    group by tenant_id, person_id

),

rejected as (

    select
        tenant_id,
        person_id,
        min(entered_at) as first_rejected_at

    from {{ ref('int_stage_events') }}

    where stage_group = 'rejected' and person_id is not null

    group by tenant_id, person_id

),

joined as (

    select
        invitations.*,
        placed.first_start_date,
        rejected.first_rejected_at

    from {{ ref('int_survey_invitations') }} as invitations

    left join placed
        on
            invitations.tenant_id = placed.tenant_id
            and invitations.person_id = placed.person_id

    left join rejected
        on
            invitations.tenant_id = rejected.tenant_id
            and invitations.person_id = rejected.person_id

    where cast(invitations.delivered_at as date) <= {{ as_of_date() }}

),

asked as (

    select
        tenant_id,
        respondent_kind as audience,
        survey_kind,
        trigger,
        {{ survey_population('delivered_at') }} as population,
        respondent_key,
        respondent_key || '|' || coalesce({{ survey_event() }}, '') as unit_key,
        response_id,
        {{ month_of('delivered_at') }} as asked_month

    from joined

),

telling as (

    select
        tenant_id,
        source_relation

    from {{ ref('int_survey_invitations') }}

    group by tenant_id, source_relation

),

answers as (

    select
        contexts.tenant_id,
        contexts.response_id,
        contexts.audience,
        contexts.survey_kind,
        contexts.trigger,
        contexts.population,
        contexts.score is not null and contexts.is_nps_scale as is_scored,
        contexts.respondent_key,
        contexts.respondent_key || '|' || coalesce(contexts.event_id, '')
            as unit_key,
        {{ month_of('contexts.submitted_at') }} as answered_month,
        telling.source_relation is null as is_untold

    from {{ ref('survey_contexts') }} as contexts

    left join telling
        on
            contexts.tenant_id = telling.tenant_id
            and contexts.source_relation = telling.source_relation

    where
        cast(contexts.submitted_at as date) <= {{ as_of_date() }}
        and contexts.is_nps_scale

),

-- Everybody who was asked or answered, once per window.
unit_months as (

    select {{ cell }}, respondent_key, unit_key, asked_month as seen_month
    from asked
    union
    select {{ cell }}, respondent_key, unit_key, answered_month as seen_month
    from answers

),

units as (

    select
        *,
        lead(seen_month) over (
            partition by {{ cell }}, unit_key
            order by seen_month asc nulls last
        ) as next_month,
        lead(seen_month) over (
            partition by {{ cell }}, respondent_key
            order by seen_month asc nulls last, unit_key asc nulls last
        ) as next_month_of_person

    from unit_months

),

tallied as (

    select
        {{ cell }},
        seen_month,
        next_month,
        next_month_of_person,
        count(*) as units,
        0 as delivered,
        0 as answered,
        0 as untold

    from units

    group by {{ cell }}, seen_month, next_month, next_month_of_person

    union all

    select
        asked.tenant_id,
        asked.audience,
        asked.survey_kind,
        asked.trigger,
        asked.population,
        asked.asked_month as seen_month,
        cast(null as date) as next_month,
        cast(null as date) as next_month_of_person,
        0 as units,
        count(*) as delivered,
        sum(case when answers.is_scored then 1 else 0 end) as answered,
        0 as untold

    from asked

    left join answers
        on
            asked.tenant_id = answers.tenant_id
            and asked.response_id = answers.response_id

    group by
        asked.tenant_id, asked.audience, asked.survey_kind, asked.trigger,
        asked.population, asked.asked_month

    union all

    select
        {{ cell }},
        answered_month as seen_month,
        cast(null as date) as next_month,
        cast(null as date) as next_month_of_person,
        0 as units,
        0 as delivered,
        0 as answered,
        count(*) as untold

    from answers

    where is_untold

    group by {{ cell }}, answered_month

),

windowed as (

    select
        tallied.tenant_id,
        periods.period,
        periods.period_start,
        tallied.audience,
        tallied.survey_kind,
        tallied.trigger,
        tallied.population,
        bool_and(periods.is_finished) as is_finished,
        {{ people_in_window('units') }} as n,
        cast(sum(tallied.units) as bigint) as asked,
        cast(sum(tallied.delivered) as bigint) as delivered,
        cast(sum(tallied.answered) as bigint) as answered,
        sum(tallied.untold) = 0 as is_told

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.seen_month = periods.month_start

    where
        tallied.next_month is null
        or tallied.next_month >= periods.period_end

    group by
        tallied.tenant_id, periods.period, periods.period_start,
        tallied.audience, tallied.survey_kind, tallied.trigger,
        tallied.population

)

select * from windowed
