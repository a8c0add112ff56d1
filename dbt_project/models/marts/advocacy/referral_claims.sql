with

channel_map as (

    select * from {{ ref('channel_map') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_people') }}

),

-- A referral category on the person's oldest record arrives below with its
-- text; only what other records of the person say is taken from here.
category_people as (

    select people.person_id

    from people

    inner join channel_map
        on
            people.candidate_source = channel_map.source_value
            and channel_map.source_system = 'bullhorn'

    where channel_map.is_referral

),

claims as (

    select
        referrals.tenant_id,
        referrals.source_relation,
        referrals.source_entity,
        referrals.source_record_id,
        'referral:' || referrals.referral_id as touchpoint_id,
        case
            when referrals.referred_kind = 'candidate' then 'candidate'
            else 'client'
        end as subject_kind,
        referrals.referred_person_id as person_id,
        referrals.referred_company_id as company_id,
        referrals.referrer_person_id,
        referrals.referrer_recruiter_id,
        cast(null as string) as recruiter_id,
        case
            -- A name that resolves to nobody is no evidence of a referral.
            when
                referrals.evidence = 'free_text'
                and referrals.evidence_strength < 4 then 'unresolved_text'
            else referrals.evidence
        end as evidence,
        referrals.evidence_strength,
        cast(null as string) as raw_channel,
        referrals.is_self_referral,
        referrals.referred_at as touched_at

    from referrals

    left join category_people
        on referrals.referred_person_id = category_people.person_id

    where
        referrals.evidence in ('linked_record', 'free_text')
        or (
            referrals.evidence = 'source_category'
            and referrals.referred_kind = 'candidate'
            and category_people.person_id is null
        )

)

select * from claims
