with

leads as (

    select
        record.lead_id,
        {{ provenance('record') }},
        members.person_id,
        companies.company_id,
        recruiters.recruiter_id,
        record.status,
        record.source,
        record.campaign_source,
        record.conversion_source,
        record.added_at

    from {{ ref('stg_bullhorn__leads') }} as record
    left join {{ ref('int_person_members') }} as members
        on
            record.lead_id = members.record_id
            and members.record_kind = 'lead'
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from leads
