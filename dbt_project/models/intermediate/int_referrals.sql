with

evidence as (

    select
        *,
        -- Keys that are null where the evidence is another: a condition on the
        -- left side of a left join would make DuckDB compare all with all.
        case when evidence = 'linked_record' then referrer_record_id end
            as linked_id,
        case when evidence = 'free_text' then lower(trim(referrer_text)) end
            as written_name

    from {{ ref('int_referral_evidence') }}

),

names as (

    select
        identifiers.tenant_id,
        identifiers.name_normalised,
        min(identifiers.person_id) as person_id,
        min(links.record_kind) as record_kind

    from {{ ref('int_people_identifiers') }} as identifiers
    inner join {{ ref('int_person_members') }} as links
        on identifiers.person_record_id = links.person_record_id

    where identifiers.name_normalised is not null

    group by identifiers.tenant_id, identifiers.name_normalised

    having count(distinct identifiers.person_id) = 1

),

resolved as (

    select
        evidence.*,
        ids.recruiter_id as referrer_recruiter_id,
        coalesce(ids.person_id, names.person_id) as referrer_person_id,
        coalesce(ids.record_kind, names.record_kind) as referrer_record_kind

    from evidence
    left join {{ ref('int_person_ids') }} as ids
        on evidence.linked_id = ids.record_id
    left join names
        on
            evidence.tenant_id = names.tenant_id
            and evidence.written_name = names.name_normalised

),

referrals as (

    select
        referral_id,
        {{ provenance('resolved') }},
        referred_kind,
        referred_person_id,
        referred_company_id,
        lead_id,
        contact_id,
        response_id,
        referrer_person_id,
        referrer_recruiter_id,
        case referrer_record_kind
            when 'recruiter' then 'employee'
            when 'contact' then 'client'
            when 'candidate' then 'candidate'
            else 'unknown'
        end as channel,
        evidence,
        case
            when evidence = 'linked_record' then 5
            when evidence = 'free_text' and referrer_person_id is not null
                then 4
            when evidence = 'free_text' then 3
            when evidence = 'source_category' then 2
            else 1
        end as evidence_strength,
        coalesce(referrer_person_id = referred_person_id, false)
            as is_self_referral,
        referred_at

    from resolved

)

select * from referrals
