with

companies as (

    select
        company_id,
        top_company_id

    from {{ ref('int_companies') }}

),

evidence as (

    select
        referrals.tenant_id,
        referrals.referral_id,
        case
            when referrals.referred_kind = 'candidate' then 'candidate'
            else 'client'
        end as subject_kind,
        case
            when referrals.referred_kind = 'candidate'
                then referrals.referred_person_id
            else coalesce(companies.top_company_id, referrals.referred_person_id)
        end as subject_id,
        referrals.referred_person_id,
        case
            when referrals.referred_kind <> 'candidate'
                then companies.top_company_id
        end as referred_company_id,
        referrals.referrer_person_id,
        referrals.referrer_recruiter_id,
        coalesce(
            'person:' || referrals.referrer_person_id,
            'recruiter:' || referrals.referrer_recruiter_id
        ) as referrer_key,
        referrals.channel as referrer_kind,
        case
            when
                referrals.evidence = 'free_text'
                and referrals.evidence_strength < 4 then 'unresolved_text'
            else referrals.evidence
        end as evidence,
        referrals.evidence_strength,
        referrals.is_self_referral,
        referrals.referred_at

    from {{ ref('int_referrals') }} as referrals

    left join companies
        on referrals.referred_company_id = companies.company_id

    where
        referrals.referred_at is null
        or cast(referrals.referred_at as date) <= {{ as_of_date() }}

),

-- Records of one recommendation (a candidate's link and text, a contact and
-- its lead) are one edge. Evidence without a referrer stands for itself only
-- where nobody is named for the same subject.
edges as (

    select
        *,
        row_number() over (
            partition by
                tenant_id, subject_kind, subject_id,
                coalesce(referrer_key, '(unknown)')
            order by
                case when referrer_key is null then evidence_strength end
                desc nulls last,
                referred_at asc nulls last,
                evidence_strength desc nulls last,
                referral_id asc nulls last
        ) as evidence_rank,
        count(*) over (
            partition by
                tenant_id, subject_kind, subject_id,
                coalesce(referrer_key, '(unknown)')
        ) as evidence_records,
        max(
            case
                when referrer_key is not null and not is_self_referral then 1
                else 0
            end
        ) over (
            partition by tenant_id, subject_kind, subject_id
        ) as named_referrers

    from evidence

    where subject_id is not null

),

known as (

    select
        *,
        case
            when referred_person_id is not null
                then 'person:' || referred_person_id
            else 'company:' || referred_company_id
        end as referred_node,
        coalesce(referrer_key, 'unknown:' || referral_id) as referrer_node

    from edges

    where
        evidence_rank = 1
        and (referrer_key is not null or named_referrers = 0)

),

conversions as (

    select * from {{ ref('conversions') }}

),

dated as (

    select
        known.tenant_id,
        known.referral_id,
        conversions.conversion_id,
        conversions.placement_id,
        conversions.converted_date,
        {{ days_between('known.referred_at', 'conversions.converted_date') }}
            as days_to_conversion,
        case known.subject_kind
            when 'candidate' then {{ var('candidate_look_back_days') }}
            else {{ var('client_look_back_days') }}
        end as look_back_days

    from known

    inner join conversions
        on
            known.tenant_id = conversions.tenant_id
            and known.subject_kind = conversions.subject_kind
            and known.subject_id = conversions.subject_id

),

following as (

    select
        *,
        row_number() over (
            partition by tenant_id, referral_id
            order by
                days_to_conversion asc nulls last,
                conversion_id asc nulls last
        ) as conversion_rank

    from dated

    where days_to_conversion between 0 and look_back_days

),

preceding as (

    select distinct
        tenant_id,
        referral_id

    from dated

    where days_to_conversion < 0

),

judged as (

    select
        known.*,
        following.conversion_id,
        following.placement_id,
        following.converted_date,
        following.days_to_conversion,
        following.conversion_id is null and preceding.referral_id is not null
            as is_late,
        not known.is_self_referral
        and known.referred_at is not null
        and known.evidence <> 'unresolved_text'
        and not (
            following.conversion_id is null
            and preceding.referral_id is not null
        ) as is_claim,
        {{ days_between(
            'known.referred_at',
            'coalesce(following.converted_date, ' ~ as_of_date() ~ ')'
        ) }} <= {{ var('referral_claim_days') }} as is_valid

    from known

    left join following
        on
            known.tenant_id = following.tenant_id
            and known.referral_id = following.referral_id
            and following.conversion_rank = 1

    left join preceding
        on
            known.tenant_id = preceding.tenant_id
            and known.referral_id = preceding.referral_id

),

-- One conversion is settled on one claim: the earliest that is still valid,
-- or the earliest of all when none is.
settled as (

    select
        *,
        row_number() over (
            partition by
                tenant_id, subject_kind, subject_id, is_claim,
                coalesce(conversion_id, '(none)')
            order by
                case when is_valid then 0 else 1 end asc nulls last,
                referred_at asc nulls last,
                evidence_strength desc nulls last,
                referral_id asc nulls last
        ) as claim_rank,
        count(*) over (
            partition by
                tenant_id, subject_kind, subject_id, is_claim,
                coalesce(conversion_id, '(none)')
        ) as claims

    from judged

)

select
    tenant_id,
    referral_id,
    subject_kind,
    subject_id,
    referred_person_id,
    referred_company_id,
    referred_node,
    referrer_person_id,
    referrer_recruiter_id,
    referrer_node,
    referrer_kind,
    evidence,
    evidence_strength,
    cast(evidence_records as bigint) as evidence_records,
    conversion_id,
    placement_id,
    converted_date,
    days_to_conversion,
    is_self_referral,
    is_late,
    is_claim and claim_rank = 1 as is_settled,
    is_claim and claims > 1 as is_competing,
    referred_at

from settled
