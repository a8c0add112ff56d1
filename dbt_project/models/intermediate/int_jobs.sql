with

jobs as (

    select
        record.job_id,
        {{ provenance('record') }},
        companies.company_id,
        contacts.contact_id,
        recruiters.recruiter_id,
        record.title,
        record.employment_type,
        record.status,
        record.source,
        record.salary_unit,
        record.openings,
        record.salary_amount,
        record.fee_fraction,
        coalesce(record.is_open, false) as is_open,
        record.opened_at,
        record.closed_at

    from {{ ref('stg_bullhorn__job_orders') }} as record
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_contacts') }} as contacts
        on record.contact_id = contacts.contact_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from jobs
