with

conversions as (

    select * from {{ ref('conversions') }}

),

touchpoints as (

    select *

    from {{ ref('fct_touchpoints') }}

    where
        subject_id is not null
        and cast(touched_at as date) <= {{ as_of_date() }}

),

matched as (

    select
        conversions.tenant_id,
        conversions.conversion_id,
        conversions.subject_kind,
        conversions.converted_date,
        touchpoints.touchpoint_id,
        touchpoints.source_record_id,
        touchpoints.channel,
        touchpoints.evidence,
        touchpoints.evidence_strength,
        touchpoints.referrer_person_id,
        touchpoints.is_referral,
        touchpoints.is_self_referral,
        touchpoints.is_own_outreach,
        touchpoints.touched_at,
        {{ days_between('touchpoints.touched_at', 'conversions.converted_date') }}
            as age_days

    from conversions

    inner join touchpoints
        on
            conversions.tenant_id = touchpoints.tenant_id
            and conversions.subject_kind = touchpoints.subject_kind
            and conversions.subject_id = touchpoints.subject_id

),

judged as (

    select
        *,
        case
            when is_self_referral then 'self_referral'
            when age_days < 0 then 'after_conversion'
            when
                subject_kind = 'candidate'
                and age_days > {{ var('candidate_look_back_days') }}
                then 'outside_look_back'
            when
                subject_kind = 'client'
                and age_days > {{ var('client_look_back_days') }}
                then 'outside_look_back'
            else 'counted'
        end as touch_status

    from matched

)

select * from judged
