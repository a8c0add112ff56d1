with

-- A referral of somebody who had been won already earns nothing.
referrals as (

    select
        tenant_id,
        referrer_person_id as person_id,
        referred_person_id,
        referred_at

    from {{ ref('fct_referrals') }}

    where
        subject_kind = 'candidate'
        and referrer_person_id is not null
        and referred_at is not null
        and cast(referred_at as date) <= {{ as_of_date() }}
        and outcome <> 'after_conversion'
        and not is_self_referral
        and not is_cut_cycle

)

select * from referrals
