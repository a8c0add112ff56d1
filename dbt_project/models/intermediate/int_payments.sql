with

payments as (

    select
        record.payment_id,
        {{ provenance('record') }},
        invoices.invoice_id,
        credit_notes.credit_note_id,
        coalesce(invoices.company_id, credit_notes.company_id) as company_id,
        record.payment_type,
        record.status,
        coalesce(record.currency, invoices.currency, credit_notes.currency)
            as currency,
        record.amount,
        coalesce(record.payment_type like 'accrec%', false)
        or coalesce(record.payment_type like 'ar%', false) as is_receivable,
        coalesce(
            record.payment_type in (
                'arcreditpayment', 'aroverpaymentpayment',
                'arprepaymentpayment', 'accreccreditpayment'
            ), false
        ) as is_refund,
        record.status = 'authorised' as is_posted,
        record.payment_date

    from {{ ref('stg_xero__payments') }} as record
    left join {{ ref('int_invoices') }} as invoices
        on record.document_id = invoices.invoice_id
    left join {{ ref('int_credit_notes') }} as credit_notes
        on
            coalesce(record.credit_note_id, record.document_id)
            = credit_notes.credit_note_id

    where {{ usable('record') }}

)

select * from payments
