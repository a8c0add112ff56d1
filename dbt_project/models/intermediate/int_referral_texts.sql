with

texts as (

    select
        evidence.referral_id,
        {{ provenance('evidence') }},
        evidence.referrer_text

    from {{ ref('int_referral_evidence') }} as evidence

    where evidence.evidence = 'free_text'

)

select * from texts
