with

companies as (

    select
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

claims as (

    select * from {{ ref('referral_claims') }}

),

statements as (

    select * from {{ ref('source_statements') }}

),

resolved as (

    select
        claims.tenant_id,
        claims.source_relation,
        claims.source_entity,
        claims.source_record_id,
        claims.touchpoint_id,
        claims.subject_kind,
        case
            when claims.subject_kind = 'candidate' then claims.person_id
            else companies.top_company_id
        end as subject_id,
        claims.referrer_person_id,
        claims.referrer_recruiter_id,
        claims.recruiter_id,
        claims.evidence,
        claims.evidence_strength,
        claims.raw_channel,
        case
            when claims.evidence = 'unresolved_text' then 'unknown'
            else 'referral'
        end as channel,
        claims.is_self_referral,
        false as is_own_outreach,
        false as is_unmapped,
        claims.touched_at

    from claims

    left join companies
        on claims.company_id = companies.company_id

    union all

    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        touchpoint_id,
        subject_kind,
        subject_id,
        cast(null as string) as referrer_person_id,
        cast(null as string) as referrer_recruiter_id,
        recruiter_id,
        evidence,
        evidence_strength,
        raw_channel,
        channel,
        false as is_self_referral,
        is_own_outreach,
        is_unmapped,
        touched_at

    from statements

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
