with

-- Several records may say the same of one pair of people: the first counts.
referrals as (

    select
        tenant_id,
        referrer_person_id as person_id,
        referred_person_id,
        cast(min(referred_at) as timestamp) as referred_at

    from {{ ref('int_referrals') }}

    where
        referrer_person_id is not null
        and referred_person_id is not null
        and referred_kind = 'candidate'
        and not is_self_referral
        and cast(referred_at as date) <= {{ as_of_date() }}

    group by tenant_id, referrer_person_id, referred_person_id

)

select * from referrals
