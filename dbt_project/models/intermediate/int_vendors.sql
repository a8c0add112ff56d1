with

vendors as (

    select
        record.xero_contact_id as vendor_id,
        {{ provenance('record') }},
        record.is_supplier

    from {{ ref('stg_xero__contacts') }} as record
    left join {{ ref('int_company_links') }} as links
        on record.xero_contact_id = links.company_record_id

    where
        {{ usable('record') }}
        and (record.is_supplier or links.company_record_id is null)

)

select * from vendors
