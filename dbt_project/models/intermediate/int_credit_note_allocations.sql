with

notes as (

    select * from {{ ref('stg_xero__credit_notes') }}

    where document_kind = 'accreccredit' and {{ usable() }}

),

allocations as (

    select
        exploded.document_id || ':' || cast(exploded.position as string)
            as allocation_id,
        {{ provenance('exploded') }},
        exploded.document_id as credit_note_id,
        invoices.invoice_id,
        {{ money('exploded.allocation.Amount') }} as amount,
        {{ xero_date('exploded.allocation.Date', 'exploded.allocation.Date') }}
            as allocation_date

    from
        {{ exploded('notes', 'allocations', 'allocation', 'position') }}
            as exploded
    left join {{ ref('int_invoices') }} as invoices
        on
            exploded.source_relation || ':'
            || exploded.allocation.Invoice.InvoiceID = invoices.invoice_id

)

select * from allocations
