with

channel_map as (

    select * from {{ ref('channel_map') }}

),

companies as (

    select
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

claims as (

    select * from {{ ref('referral_claims') }}

),

sourced as (

    {{ sourced_touchpoints() }}

),

mapped as (

    select
        sourced.tenant_id,
        sourced.source_relation,
        sourced.source_entity,
        sourced.source_record_id,
        sourced.touchpoint_id,
        sourced.subject_kind,
        sourced.person_id,
        sourced.company_id,
        cast(null as string) as referrer_person_id,
        cast(null as string) as referrer_recruiter_id,
        sourced.recruiter_id,
        sourced.evidence,
        sourced.evidence_strength,
        sourced.raw_channel,
        false as is_self_referral,
        sourced.touched_at,
        coalesce(channel_map.channel, 'unknown') as channel,
        coalesce(channel_map.is_own_outreach, false) as is_own_outreach,
        channel_map.channel is null as is_unmapped

    from sourced

    left join channel_map
        on
            sourced.raw_channel = channel_map.source_value
            and split_part(sourced.source_entity, '.', 1)
            = channel_map.source_system

),

unioned as (

    select
        *,
        case
            when evidence = 'unresolved_text' then 'unknown' else 'referral'
        end as channel,
        false as is_own_outreach,
        false as is_unmapped

    from claims

    union all

    select * from mapped

),

resolved as (

    select
        unioned.*,
        case
            when unioned.subject_kind = 'candidate' then unioned.person_id
            else companies.top_company_id
        end as subject_id

    from unioned

    left join companies
        on unioned.company_id = companies.company_id

),

weighed as (

    select
        *,
        -- Agreeing evidence on one record is one contact, not two.
        row_number() over (
            partition by
                tenant_id,
                subject_kind,
                subject_id,
                source_relation,
                source_entity,
                source_record_id,
                channel,
                coalesce(referrer_person_id, referrer_recruiter_id, '?')
            order by
                evidence_strength desc nulls last,
                touchpoint_id asc nulls last
        ) as evidence_rank,
        max(case when channel = 'referral' then evidence_strength end) over (
            partition by
                tenant_id,
                subject_kind,
                subject_id,
                source_relation,
                source_entity,
                source_record_id
        ) as strongest_referral

    from resolved

),

contacts_made as (

    select *

    from weighed

    where
        evidence_rank = 1
        and not (
            channel = 'referral'
            and evidence_strength <= 2
            and coalesce(strongest_referral, 0) > 2
        )

)

select * from contacts_made
