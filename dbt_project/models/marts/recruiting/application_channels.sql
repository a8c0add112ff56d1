with

applications as (

    select
        tenant_id,
        application_id,
        person_id,
        applied_at

    from {{ ref('int_applications') }}

    where person_id is not null and applied_at is not null

),

-- What only some are asked, or only after they were chosen, would make the
-- placed look more often referred than those who were not.
touchpoints as (

    select *

    from {{ ref('fct_touchpoints') }}

    where
        subject_kind = 'candidate'
        and subject_id is not null
        and touched_at is not null
        and not is_self_referral
        and evidence <> 'survey_answer'

),

known_then as (

    select
        applications.tenant_id,
        applications.application_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.evidence,
        touchpoints.evidence_strength,
        touchpoints.is_referral,
        touchpoints.referrer_person_id,
        touchpoints.source_record_id,
        touchpoints.touched_at

    from applications

    inner join touchpoints
        on
            applications.tenant_id = touchpoints.tenant_id
            and applications.person_id = touchpoints.subject_id

    where
        {{ days_between('touchpoints.touched_at', 'applications.applied_at') }}
        between 0 and {{ var('candidate_look_back_days') }}

),

-- The order of the attribution model referral_first.
ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, application_id
            order by
                case when is_referral then 0 else 1 end asc nulls last,
                case when is_referral then evidence_strength end desc nulls last,
                case when is_referral then touched_at end asc nulls last,
                touched_at desc nulls last,
                evidence_strength asc nulls last,
                source_record_id desc nulls last,
                touchpoint_id desc nulls last
        ) as preference,
        max(case when evidence = 'unresolved_text' then 1 else 0 end) over (
            partition by tenant_id, application_id
        ) as unresolved_claims

    from known_then

),

chosen as (

    select
        tenant_id,
        application_id,
        channel,
        case when is_referral then referrer_person_id end
            as referrer_person_id,
        case
            when is_referral then 'referred'
            when channel = 'unknown' or unresolved_claims = 1 then 'unknown'
            else 'not_referred'
        end as referral_status

    from ranked

    where preference = 1

)

select * from chosen
