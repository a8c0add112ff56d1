with

addresses as (

    select
        tenant_id,
        email_normalised,
        min(person_id) as person_id

    from {{ ref('int_people_identifiers') }}

    where email_normalised is not null

    group by tenant_id, email_normalised

    having count(distinct person_id) = 1

),

leads as (

    select
        record.lead_id,
        {{ provenance('record') }},
        addresses.person_id,
        companies.company_id,
        recruiters.recruiter_id,
        record.status,
        record.source,
        record.campaign_source,
        record.conversion_source,
        record.added_at

    from {{ ref('stg_bullhorn__leads') }} as record
    left join addresses
        on
            record.tenant_id = addresses.tenant_id
            and record.email_normalised = addresses.email_normalised
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from leads
