with

recorded as (

    select * from {{ ref('recorded_touchpoints') }}

),

touchpoints as (

    select

        ---------- ids
        touchpoint_id,
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        subject_id,
        referrer_person_id,
        referrer_recruiter_id,
        recruiter_id,

        ---------- strings
        subject_kind,
        channel,
        evidence,

        ---------- numerics
        cast(evidence_strength as int) as evidence_strength,

        ---------- booleans
        channel = 'referral' as is_referral,
        coalesce(is_self_referral, false) as is_self_referral,
        is_own_outreach,
        is_unmapped,

        ---------- timestamps
        cast(touched_at as timestamp) as touched_at

    from recorded

)

select * from touchpoints
