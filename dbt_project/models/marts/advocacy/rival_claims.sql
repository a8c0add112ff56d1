{%- set validity_days = var('referral_claim_days') -%}

with

judged as (

    select
        tenant_id,
        touchpoint_id,
        bool_or(touch_status = 'counted') as is_counted,
        bool_or(touch_status = 'after_conversion') as is_after_conversion

    from {{ ref('conversion_touchpoints') }}

    where is_referral

    group by tenant_id, touchpoint_id

),

claims as (

    select
        touchpoints.tenant_id,
        touchpoints.subject_kind,
        touchpoints.subject_id,
        touchpoints.touchpoint_id,
        touchpoints.channel,
        touchpoints.evidence,
        touchpoints.referrer_person_id,
        touchpoints.referrer_recruiter_id,
        touchpoints.touched_at,
        coalesce(
            'person:' || touchpoints.referrer_person_id,
            'recruiter:' || touchpoints.referrer_recruiter_id
        ) as referrer_key,
        row_number() over (
            partition by
                touchpoints.tenant_id, touchpoints.subject_kind,
                touchpoints.subject_id
            order by
                touchpoints.touched_at asc nulls last,
                touchpoints.evidence_strength desc nulls last,
                touchpoints.source_record_id asc nulls last,
                touchpoints.touchpoint_id asc nulls last
        ) as claim_number

    from {{ ref('fct_touchpoints') }} as touchpoints

    left join judged
        on
            touchpoints.tenant_id = judged.tenant_id
            and touchpoints.touchpoint_id = judged.touchpoint_id

    where
        touchpoints.is_referral
        and not touchpoints.is_self_referral
        and touchpoints.subject_id is not null
        and cast(touchpoints.touched_at as date) <= {{ as_of_date() }}
        and coalesce(
            touchpoints.referrer_person_id, touchpoints.referrer_recruiter_id
        ) is not null
        -- A claim after the conversion earns nothing and competes with none.
        and (
            coalesce(judged.is_counted, false)
            or not coalesce(judged.is_after_conversion, false)
        )

),

-- The earliest claim still valid on the day of each, by a frame over whole days.
dated as (

    select
        *,
        min(claim_number) over (
            partition by tenant_id, subject_kind, subject_id
            order by
                {{ days_between("cast('1990-01-01' as date)", 'touched_at') }}
                asc nulls last
            range between {{ validity_days }} preceding and current row
        ) as standing_number

    from claims

),

rivals as (

    select
        later.tenant_id,
        later.subject_kind,
        later.subject_id,
        later.touchpoint_id,
        later.channel,
        later.evidence,
        later.referrer_person_id,
        later.referrer_recruiter_id,
        later.touched_at,
        standing.touchpoint_id as settled_touchpoint_id,
        standing.channel as settled_channel,
        standing.evidence as settled_evidence,
        standing.referrer_person_id as settled_referrer_person_id,
        standing.referrer_recruiter_id as settled_referrer_recruiter_id,
        standing.touched_at as settled_touched_at

    from dated as later

    inner join claims as standing
        on
            later.tenant_id = standing.tenant_id
            and later.subject_kind = standing.subject_kind
            and later.subject_id = standing.subject_id
            and later.standing_number = standing.claim_number

    where later.referrer_key <> standing.referrer_key

)

select * from rivals
