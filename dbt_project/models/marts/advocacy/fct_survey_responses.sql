with

answers as (

    select *

    from {{ ref('survey_contexts') }}

    -- An unanswered question is non-response, not zero; other scales never
    -- become NPS.
    where is_nps_scale and score is not null

),

notes as (

    select
        tenant_id,
        person_id,
        noted_at

    from {{ ref('int_notes') }}

    where
        person_id is not null
        and cast(noted_at as date) <= {{ as_of_date() }}

),

followed as (

    select
        answers.tenant_id,
        answers.response_id,
        min(notes.noted_at) as followed_up_at

    from answers

    inner join notes
        on
            answers.tenant_id = notes.tenant_id
            and answers.person_id = notes.person_id

    where answers.score <= 6 and notes.noted_at > answers.submitted_at

    group by answers.tenant_id, answers.response_id

),

-- One answer per instant: two forms sent in one second are no sequel.
instants as (

    select
        tenant_id,
        person_id,
        audience,
        survey_kind,
        submitted_at,
        max(response_id) as response_id,
        max_by(score, response_id) as score

    from answers

    where
        person_id is not null
        and cast(submitted_at as date) <= {{ as_of_date() }}

    group by tenant_id, person_id, audience, survey_kind, submitted_at

),

followed_by as (

    select
        tenant_id,
        person_id,
        audience,
        survey_kind,
        submitted_at,
        lead(response_id) over (
            partition by tenant_id, person_id, audience, survey_kind
            order by submitted_at asc nulls last
        ) as next_response_id,
        lead(score) over (
            partition by tenant_id, person_id, audience, survey_kind
            order by submitted_at asc nulls last
        ) as next_score

    from instants

),

joined as (

    select
        answers.*,
        followed.followed_up_at,
        followed_by.next_response_id,
        followed_by.next_score,
        {{ hours_between('answers.submitted_at', 'followed.followed_up_at') }}
            as hours_to_follow_up,
        {{ hours_between(
            'answers.submitted_at', 'cast(' ~ as_of_date() ~ ' as timestamp)'
        ) }} >= 48 as is_past_48h

    from answers

    left join followed
        on
            answers.tenant_id = followed.tenant_id
            and answers.response_id = followed.response_id

    left join followed_by
        on
            answers.tenant_id = followed_by.tenant_id
            and answers.person_id = followed_by.person_id
            and answers.audience = followed_by.audience
            and answers.survey_kind = followed_by.survey_kind
            and answers.submitted_at = followed_by.submitted_at

),

counted as (

    select

        ---------- ids
        response_id,
        tenant_id,
        form_id,
        respondent_key,
        person_id,
        company_id,
        top_company_id,
        placement_id,
        application_id,
        job_id,
        recruiter_id,
        event_id,
        next_response_id,

        ---------- strings
        audience,
        survey_kind,
        trigger,
        population,
        referral_status,
        channel,
        stage,
        case
            when score >= 9 then 'promoter'
            when score >= 7 then 'passive'
            else 'detractor'
        end as band,
        case
            when score > 6 then cast(null as string)
            when next_score is null then 'unknown'
            when next_score > 6 then 'recovered'
            else 'lost'
        end as next_outcome,

        ---------- numerics
        cast(score as int) as score,
        cast(next_score as int) as next_score,
        cast(hours_to_follow_up as double) as hours_to_follow_up,

        ---------- booleans
        is_shared_mailbox,
        has_comment,
        has_feedback,
        case when score <= 6 then is_past_48h end as is_follow_up_due,
        case
            when score > 6 or person_id is null then cast(null as boolean)
            when hours_to_follow_up <= 48 then true
            when is_past_48h then false
        end as is_followed_up_48h,
        row_number() over (
            partition by
                tenant_id, audience, survey_kind, trigger, population,
                respondent_key, event_id, {{ month_of('submitted_at') }}
            order by submitted_at desc nulls last, response_id desc nulls last
        ) = 1 as is_counted_in_month,

        ---------- dates
        cast(submitted_at as date) as submitted_date,
        {{ month_of('submitted_at') }} as submitted_month,

        ---------- timestamps
        cast(submitted_at as timestamp) as submitted_at,
        cast(followed_up_at as timestamp) as followed_up_at

    from joined

)

select * from counted
