with

opportunities as (

    select
        record.opportunity_id,
        {{ provenance('record') }},
        companies.company_id,
        contacts.contact_id,
        leads.lead_id,
        recruiters.recruiter_id,
        record.status,
        record.source,
        record.campaign_source,
        record.expected_fee_amount,
        record.deal_value_amount,
        coalesce(record.status like '%won%', false) as is_won,
        record.added_at as opened_at,
        case when record.status like '%won%' then record.closed_at end
            as won_at,
        record.closed_at

    from {{ ref('stg_bullhorn__opportunities') }} as record
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id
    left join {{ ref('int_contacts') }} as contacts
        on record.contact_id = contacts.contact_id
    left join {{ ref('int_leads') }} as leads
        on record.lead_id = leads.lead_id
    left join {{ ref('int_recruiters') }} as recruiters
        on record.recruiter_id = recruiters.recruiter_id

    where {{ usable('record') }}

)

select * from opportunities
