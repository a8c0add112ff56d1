with

conversions as (

    select * from {{ ref('conversions') }}

),

judged as (

    select * from {{ ref('conversion_touchpoints') }}

),

counted as (

    select
        *,
        row_number() over (
            partition by tenant_id, conversion_id
            order by
                touched_at asc nulls last,
                evidence_strength desc nulls last,
                source_record_id asc nulls last,
                touchpoint_id asc nulls last
        ) as touch_number,
        count(*) over (
            partition by tenant_id, conversion_id
        ) as touches,
        row_number() over (
            partition by tenant_id, conversion_id
            order by
                case when is_referral then 0 else 1 end asc nulls last,
                evidence_strength desc nulls last,
                touched_at asc nulls last,
                source_record_id asc nulls last,
                touchpoint_id asc nulls last
        ) as referral_rank,
        sum(case when is_referral then 1 else 0 end) over (
            partition by tenant_id, conversion_id
        ) as referral_touches,
        sum(case when evidence = 'unresolved_text' then 1 else 0 end) over (
            partition by tenant_id, conversion_id
        ) as unresolved_claims

    from judged

    where touch_status = 'counted'

),

touched as (

    select distinct
        tenant_id,
        conversion_id

    from counted

),

paths as (

    select
        tenant_id,
        conversion_id,
        touchpoint_id,
        touch_status,
        channel,
        evidence,
        referrer_person_id,
        is_referral,
        touched_at,
        age_days,
        touch_number,
        touches,
        referral_rank,
        referral_touches > 0 as has_referral,
        unresolved_claims > 0 as has_unresolved_claim

    from counted

    union all

    select
        conversions.tenant_id,
        conversions.conversion_id,
        '(none)' as touchpoint_id,
        'counted' as touch_status,
        'unknown' as channel,
        '(none)' as evidence,
        cast(null as string) as referrer_person_id,
        false as is_referral,
        cast(null as timestamp) as touched_at,
        cast(null as int) as age_days,
        1 as touch_number,
        1 as touches,
        1 as referral_rank,
        false as has_referral,
        false as has_unresolved_claim

    from conversions

    left join touched
        on
            conversions.tenant_id = touched.tenant_id
            and conversions.conversion_id = touched.conversion_id

    where touched.conversion_id is null

    union all

    -- Referrals that earn nothing stay visible, so that they can be counted.
    select
        tenant_id,
        conversion_id,
        touchpoint_id,
        touch_status,
        channel,
        evidence,
        referrer_person_id,
        is_referral,
        touched_at,
        age_days,
        null as touch_number,
        null as touches,
        null as referral_rank,
        null as has_referral,
        null as has_unresolved_claim

    from judged

    where touch_status <> 'counted' and is_referral

)

select * from paths
