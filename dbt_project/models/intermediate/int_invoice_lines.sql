with

documents as (

    select
        invoice_id as document_id,
        company_id,
        placement_id
    from {{ ref('int_invoices') }}
    union all
    select
        credit_note_id as document_id,
        company_id,
        placement_id
    from {{ ref('int_credit_notes') }}

),

invoice_lines as (

    select
        lines.line_id as invoice_line_id,
        {{ provenance('lines') }},
        lines.document_id,
        lines.document_type,
        documents.company_id,
        documents.placement_id,
        lines.account_code,
        lines.item_code,
        lines.status,
        lines.currency,
        lines.line_number,
        lines.amount,
        lines.tax_amount,
        lines.is_posted,
        lines.document_date

    from {{ ref('int_document_lines') }} as lines
    left join documents
        on lines.document_id = documents.document_id

    where lines.document_type in ('invoice', 'credit_note')

)

select * from invoice_lines
