with

touchpoints as (

    select *

    from {{ ref('fct_touchpoints') }}

    where
        subject_kind = 'client'
        and subject_id is not null
        and touched_at is not null
        and not is_self_referral

),

-- The same order as for candidates: the attribution model referral_first.
ranked as (

    select
        tenant_id,
        subject_id as company_id,
        channel,
        row_number() over (
            partition by tenant_id, subject_id
            order by
                case when is_referral then 0 else 1 end asc nulls last,
                case when is_referral then evidence_strength end desc nulls last,
                case when is_referral then touched_at end asc nulls last,
                touched_at desc nulls last,
                evidence_strength asc nulls last,
                source_record_id desc nulls last,
                touchpoint_id desc nulls last
        ) as preference

    from touchpoints

)

select
    tenant_id,
    company_id,
    channel

from ranked

where preference = 1
