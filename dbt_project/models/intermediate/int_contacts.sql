with

contacts as (

    select
        record.contact_id,
        {{ provenance('record') }},
        links.person_id,
        companies.company_id,
        recruiters.recruiter_id,
        record.title,
        record.status,
        record.source,
        links.is_shared_mailbox,
        record.added_at

    from {{ ref('stg_bullhorn__client_contacts') }} as record
    inner join {{ ref('int_person_members') }} as links
        on
            record.contact_id = links.record_id
            and links.record_kind = 'contact'
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from contacts
