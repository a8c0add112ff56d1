with

jobs as (

    select
        record.job_id,
        {{ provenance('record') }},
        coalesce(companies.company_id, mappings.company_id) as company_id,
        contacts.contact_id,
        recruiters.recruiter_id,
        record.title,
        record.employment_type,
        record.status,
        record.source,
        record.salary_unit,
        case
            when companies.company_id is not null then 'own_record'
            when mappings.company_id is not null then 'job_company_map'
            when record.company_id is null then 'no_client'
            else 'unknown_client'
        end as company_rule,
        record.openings,
        record.salary_amount,
        record.fee_fraction,
        coalesce(record.is_open, false) as is_open,
        record.opened_at,
        record.closed_at

    from {{ ref('stg_bullhorn__job_orders') }} as record
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_job_company_mappings') }} as mappings
        on
            record.job_id = mappings.job_id
            and mappings.status = 'applied'
    left join {{ ref('int_contacts') }} as contacts
        on record.contact_id = contacts.contact_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from jobs
