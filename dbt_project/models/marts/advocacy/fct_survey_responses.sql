with

responses as (

    select *

    from {{ ref('int_survey_responses') }}

    -- An unanswered question is non-response, not zero; other scales never
    -- become NPS.
    where is_nps_scale and score is not null

),

companies as (

    select
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

placed as (

    select
        person_id,
        min(start_date) as first_start_date

    from {{ ref('int_placements') }}

    where is_started and person_id is not null

    group by person_id

),

rejected as (

    select
        person_id,
        min(entered_at) as first_rejected_at

    from {{ ref('int_stage_events') }}

    where stage_group = 'rejected' and person_id is not null

    group by person_id

),

referred as (

    select
        subject_kind,
        subject_id,
        min(touched_at) as first_referred_at

    from {{ ref('fct_touchpoints') }}

    where is_referral and not is_self_referral and subject_id is not null

    group by subject_kind, subject_id

),

joined as (

    select
        responses.*,
        companies.top_company_id,
        placed.first_start_date,
        rejected.first_rejected_at,
        referred.first_referred_at

    from responses

    left join companies
        on responses.company_id = companies.company_id

    left join placed
        on responses.person_id = placed.person_id

    left join rejected
        on responses.person_id = rejected.person_id

    left join referred
        on
            responses.respondent_kind = referred.subject_kind
            and referred.subject_id = case
                when responses.respondent_kind = 'candidate'
                    then responses.person_id
                else companies.top_company_id
            end

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
        placement_id,
        application_id,
        job_id,
        recruiter_id,

        ---------- strings
        respondent_kind as audience,
        survey_kind,
        trigger,
        case
            when respondent_kind = 'client' then 'client'
            when respondent_kind = 'unknown' then 'unknown'
            when trigger = 'rejection' then 'rejected'
            when trigger like 'placement%' then 'hired'
            when survey_kind = 'transactional' then 'in_process'
            when person_id is null then 'unknown'
            when first_start_date <= cast(submitted_at as date) then 'hired'
            when first_rejected_at <= submitted_at then 'rejected'
            else 'in_process'
        end as population,
        case
            when first_referred_at <= submitted_at then 'referred'
            else 'no_referral_known'
        end as referral_status,
        case
            when score >= 9 then 'promoter'
            when score >= 7 then 'passive'
            else 'detractor'
        end as band,

        ---------- numerics
        cast(score as int) as score,

        ---------- booleans
        is_shared_mailbox,
        has_comment,

        ---------- dates
        cast(submitted_at as date) as submitted_date,
        {{ month_of('submitted_at') }} as submitted_month,

        ---------- timestamps
        cast(submitted_at as timestamp) as submitted_at

    from joined

)

select * from counted
