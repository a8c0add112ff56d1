with

landed as (

    {{ newest_landed('xero', 'bank_transactions') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'Type': 'string',
            'Contact': {'ContactID': 'string'},
            'Status': 'string',
            'LineAmountTypes': 'string',
            'Reference': 'string',
            'CurrencyCode': 'string',
            'SubTotal': 'string',
            'TotalTax': 'string',
            'Total': 'string',
            'Date': 'string',
            'DateString': 'string',
            'LineItems': [{'Quantity': 'string', 'UnitAmount': 'string', 'LineAmount': 'string', 'TaxAmount': 'string', 'AccountCode': 'string', 'ItemCode': 'string', 'Tracking': [{'Name': 'string', 'Option': 'string'}]}]
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as document_id,
        {{ record_key('sent.Contact.ContactID') }} as xero_contact_id,
        {{ placement_reference('sent.Reference') }} as placement_record_id,

        ---------- strings
        {{ bank_transaction_kind('sent.Type') }} as document_kind,
        {{ document_status('sent.Status') }} as status,
        {{ label('sent.LineAmountTypes') }} as line_amount_types,
        upper({{ text('sent.CurrencyCode') }}) as currency,

        ---------- numerics
        {{ money('sent.SubTotal') }} as subtotal_amount,
        {{ money('sent.TotalTax') }} as tax_amount,
        {{ money('sent.Total') }} as total_amount,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- dates
        {{ xero_date('sent.DateString', 'sent.Date') }} as document_date,

        ---------- arrays
        sent.LineItems as lines,

        ---------- quality
        {{ unknown_fields([
            ['Type', 'sent.Type', 'bank_transaction_kind'],
            ['Status', 'sent.Status', 'document_status']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['SubTotal', 'sent.SubTotal', 'number'],
            ['TotalTax', 'sent.TotalTax', 'number'],
            ['Total', 'sent.Total', 'number'],
            [
                'LineItems: an amount is not a number',
                any_element(
                    'sent.LineItems', 'line',
                    unparsed('line.LineAmount', 'number')
                    ~ ' or ' ~ unparsed('line.TaxAmount', 'number')
                )
            ],
            ['Date: missing', "op <> 'delete' and " ~ xero_date('sent.DateString', 'sent.Date') ~ ' is null']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
