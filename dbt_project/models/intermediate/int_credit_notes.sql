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

allocated as (

    select
        allocations.credit_note_id,
        cast(sum(allocations.amount) as decimal(18, 4)) as allocated_amount,
        case
            when count(distinct invoices.placement_id) = 1
                then min(invoices.placement_id)
        end as placement_id

    from {{ ref('int_credit_note_allocations') }} as allocations
    left join {{ ref('int_invoices') }} as invoices
        on allocations.invoice_id = invoices.invoice_id

    group by allocations.credit_note_id

),

credit_notes as (

    select
        record.document_id as credit_note_id,
        {{ provenance('record') }},
        links.company_id,
        record.xero_contact_id as billing_customer_id,
        coalesce(placements.placement_id, allocated.placement_id)
            as placement_id,
        record.status,
        record.currency,
        record.subtotal_amount,
        record.tax_amount,
        record.total_amount,
        cast(coalesce(allocated.allocated_amount, 0) as decimal(18, 4))
            as allocated_amount,
        {{ is_posted('record.status') }} as is_posted,
        record.document_date

    from {{ ref('stg_xero__credit_notes') }} as record
    left join {{ ref('int_company_links') }} as links
        on record.xero_contact_id = links.company_record_id
    left join placements
        on
            record.tenant_id = placements.tenant_id
            and record.placement_record_id = placements.source_record_id
    left join allocated
        on record.document_id = allocated.credit_note_id

    where record.document_kind = 'accreccredit' and {{ usable('record') }}

)

select * from credit_notes
