with

landed as (

    {{ newest_landed('xero', 'payments') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'PaymentType': 'string',
            'Status': 'string',
            'Amount': 'string',
            'Date': 'string',
            'Invoice': {'InvoiceID': 'string', 'CurrencyCode': 'string'},
            'CreditNote': {'CreditNoteID': 'string'}
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as payment_id,
        {{ record_key('sent.Invoice.InvoiceID') }} as document_id,
        {{ record_key('sent.CreditNote.CreditNoteID') }} as credit_note_id,

        ---------- strings
        {{ label('sent.PaymentType') }} as payment_type,
        {{ document_status('sent.Status') }} as status,
        upper({{ text('sent.Invoice.CurrencyCode') }}) as currency,

        ---------- numerics
        {{ money('sent.Amount') }} as amount,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- dates
        {{ xero_date('sent.Date', 'sent.Date') }} as payment_date,

        ---------- quality
        {{ reject_reason([
            ['Amount', 'sent.Amount', 'number'],
            ['Date: missing', "op <> 'delete' and " ~ xero_date('sent.Date', 'sent.Date') ~ ' is null']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
