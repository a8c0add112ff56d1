with

placements as (

    select
        tenant_id,
        source_record_id,
        min(placement_id) as placement_id

    from {{ ref('int_placements') }}

    group by tenant_id, source_record_id

    having count(*) = 1

),

invoices as (

    select
        record.document_id as invoice_id,
        {{ provenance('record') }},
        links.company_id,
        record.xero_contact_id as billing_customer_id,
        placements.placement_id,
        record.invoice_number,
        record.status,
        record.currency,
        record.subtotal_amount,
        record.tax_amount,
        record.total_amount,
        record.due_amount,
        {{ is_posted('record.status') }} as is_posted,
        record.document_date,
        record.due_date

    from {{ ref('stg_xero__invoices') }} as record
    left join {{ ref('int_company_links') }} as links
        on record.xero_contact_id = links.company_record_id
    left join placements
        on
            record.tenant_id = placements.tenant_id
            and record.placement_record_id = placements.source_record_id

    where record.document_kind = 'accrec' and {{ usable('record') }}

)

select * from invoices
