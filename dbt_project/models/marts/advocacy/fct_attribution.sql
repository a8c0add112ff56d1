with

conversions as (

    select * from {{ ref('conversions') }}

),

paths as (

    select * from {{ ref('attribution_paths') }}

),

models as (

    select 'first_touch' as attribution_model
    union all
    select 'last_touch' as attribution_model
    union all
    select 'referral_first' as attribution_model
    union all
    select 'linear' as attribution_model

),

chosen as (

    select
        models.attribution_model,
        paths.*,
        conversions.subject_kind,
        conversions.subject_id,
        conversions.placement_id,
        conversions.company_id,
        conversions.converted_date,
        conversions.net_fee_amount,
        case
            when paths.touch_status <> 'counted' then false
            when models.attribution_model = 'first_touch'
                then paths.touch_number = 1
            when models.attribution_model = 'last_touch'
                then paths.touch_number = paths.touches
            when models.attribution_model = 'referral_first'
                then
                    (paths.has_referral and paths.referral_rank = 1)
                    or (
                        not paths.has_referral
                        and paths.touch_number = paths.touches
                    )
            else true
        end as is_credited,
        case
            when models.attribution_model = 'linear' then paths.touches else 1
        end as sharers

    from paths

    inner join conversions
        on
            paths.tenant_id = conversions.tenant_id
            and paths.conversion_id = conversions.conversion_id

    cross join models

),

shared as (

    select
        *,
        cast(1e0 / sharers as decimal(18, 12)) as equal_credit,
        cast(
            cast(net_fee_amount as double) / sharers as decimal(18, 4)
        ) as equal_revenue

    from chosen

),

-- The last sharer takes what rounding leaves, so credit sums to exactly 1 and
-- revenue to the conversion's net fee, to the last digit.
credited as (

    select

        ---------- ids
        attribution_model,
        conversion_id,
        touchpoint_id,
        tenant_id,
        placement_id,
        company_id,
        subject_id,
        referrer_person_id,

        ---------- strings
        subject_kind,
        channel,
        evidence,
        case when touch_status = 'counted' then 'credited' else touch_status end
            as credit_status,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        cast(touch_number as int) as touch_number,
        cast(touches as int) as touches,
        cast(age_days as int) as age_days,
        cast(case
            when not is_credited then 0
            when sharers = 1 then 1
            when touch_number < touches then equal_credit
            else 1 - equal_credit * (sharers - 1)
        end as decimal(18, 12)) as credit,
        cast(case
            when not is_credited then 0
            when sharers = 1 then net_fee_amount
            when touch_number < touches then equal_revenue
            else net_fee_amount - equal_revenue * (sharers - 1)
        end as decimal(18, 4)) as credited_revenue,

        ---------- booleans
        is_referral,
        coalesce(
            channel = 'unknown'
            or (not has_referral and has_unresolved_claim),
            false
        ) as is_referral_unknown,

        ---------- dates
        converted_date,

        ---------- timestamps
        touched_at

    from shared

)

select * from credited
