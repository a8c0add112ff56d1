{%- set half_life_days = var('time_decay_half_life_days') -%}
{%- if half_life_days is number and half_life_days <= 0 -%}
    {{ exceptions.raise_compiler_error(
        'time_decay_half_life_days must be more than 0'
    ) }}
{%- endif -%}

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
        row_number() over (
            partition by tenant_id, conversion_id
            order by
                case when is_referral then 0 else 1 end asc nulls last,
                evidence_strength desc nulls last,
                touched_at asc nulls last,
                source_record_id asc nulls last,
                touchpoint_id asc nulls last
        ) as referral_rank,
        count(*) over (
            partition by tenant_id, conversion_id
        ) as touches,
        sum(case when is_referral then 1 else 0 end) over (
            partition by tenant_id, conversion_id
        ) as referral_touches,
        sum(case when evidence = 'unresolved_text' then 1 else 0 end) over (
            partition by tenant_id, conversion_id
        ) as unresolved_claims,
        -- Only proportions matter: measured from the youngest touchpoint, the
        -- weights keep their digits however old the path is.
        cast(power(
            2e0,
            cast(
                min(age_days) over (partition by tenant_id, conversion_id)
                - age_days as double
            ) / {{ half_life_days }}
        ) as decimal(18, 12)) as decay_weight

    from judged

    where touch_status = 'counted'

),

placed as (

    select
        *,
        max(
            case
                when
                    channel not in ('unknown', 'direct')
                    and not coalesce(is_own_outreach, false)
                    then touch_number
            end
        ) over (partition by tenant_id, conversion_id) as known_number,
        dense_rank() over (
            partition by tenant_id, conversion_id
            order by channel asc nulls last
        ) as channel_number,
        row_number() over (
            partition by tenant_id, conversion_id, channel
            order by touch_number asc nulls last
        ) as channel_touch_number,
        count(*) over (
            partition by tenant_id, conversion_id, channel
        ) as channel_touches,
        sum(decay_weight) over (
            partition by tenant_id, conversion_id
            order by touch_number asc nulls last
            rows between unbounded preceding and current row
        ) as running_weight,
        sum(decay_weight) over (
            partition by tenant_id, conversion_id
        ) as all_weight

    from counted

),

measured as (

    select
        *,
        max(channel_number) over (
            partition by tenant_id, conversion_id
        ) as channels

    from placed

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
        subject_kind,
        touch_status,
        channel,
        evidence,
        referrer_person_id,
        is_referral,
        touched_at,
        converted_date,
        age_days,
        touch_number,
        touches,
        referral_rank,
        coalesce(known_number, touches) as known_number,
        channel_number,
        channels,
        channel_touch_number,
        channel_touches,
        decay_weight,
        running_weight,
        all_weight,
        referral_touches > 0 as has_referral,
        unresolved_claims > 0 as has_unresolved_claim

    from measured

    union all

    select
        conversions.tenant_id,
        conversions.conversion_id,
        '(none)' as touchpoint_id,
        conversions.subject_kind,
        'counted' as touch_status,
        'unknown' as channel,
        '(none)' as evidence,
        cast(null as string) as referrer_person_id,
        false as is_referral,
        cast(null as timestamp) as touched_at,
        conversions.converted_date,
        cast(null as int) as age_days,
        1 as touch_number,
        1 as touches,
        1 as referral_rank,
        1 as known_number,
        1 as channel_number,
        1 as channels,
        1 as channel_touch_number,
        1 as channel_touches,
        1 as decay_weight,
        1 as running_weight,
        1 as all_weight,
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
        subject_kind,
        touch_status,
        channel,
        evidence,
        referrer_person_id,
        is_referral,
        touched_at,
        converted_date,
        age_days,
        null as touch_number,
        null as touches,
        null as referral_rank,
        null as known_number,
        null as channel_number,
        null as channels,
        null as channel_touch_number,
        null as channel_touches,
        null as decay_weight,
        null as running_weight,
        null as all_weight,
        null as has_referral,
        null as has_unresolved_claim

    from judged

    where touch_status <> 'counted' and is_referral

)

select * from paths
