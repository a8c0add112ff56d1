with

landed as (

    {{ newest_landed('xero', 'contacts') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'ContactNumber': 'string',
            'Name': 'string',
            'EmailAddress': 'string',
            'Website': 'string',
            'ContactStatus': 'string',
            'IsCustomer': 'string',
            'IsSupplier': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as xero_contact_id,

        ---------- strings
        upper({{ text('sent.ContactNumber') }}) as customer_code,
        {{ text('sent.Name') }} as contact_name,
        -- Of the web address, else of the mail address, which stays behind.
        coalesce(
            {{ host_of('sent.Website') }},
            split_part({{ email_key('sent.EmailAddress') }}, '@', 2)
        ) as domain,
        {{ label('sent.ContactStatus') }} as status,

        ---------- booleans
        coalesce({{ flag('sent.IsCustomer') }}, false) as is_customer,
        coalesce({{ flag('sent.IsSupplier') }}, false) as is_supplier,
        {{ deleted_at_source() }} as is_deleted,

        ---------- quality
        {{ reject_reason([
            ['IsCustomer', 'sent.IsCustomer', 'flag'],
            ['IsSupplier', 'sent.IsSupplier', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
