with

landed as (

    -- Bullhorn has no deleted flag for corporations.
    {{ newest_landed('bullhorn', 'client_corporations') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'name': 'string',
            'companyURL': 'string',
            'status': 'string',
            'parentClientCorporation': {'id': 'string'},
            'externalID': 'string',
            'feeArrangement': 'string',
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as company_id,
        {{ record_key('sent.parentClientCorporation.id') }}
            as parent_company_id,

        ---------- strings
        {{ text('sent.name') }} as company_name,
        {{ host_of('sent.companyURL') }} as domain,
        {{ label('sent.status') }} as status,
        upper({{ text('sent.externalID') }}) as customer_code,

        ---------- numerics
        {{ fraction('sent.feeArrangement') }} as fee_fraction,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,

        ---------- quality
        {{ reject_reason([
            ['feeArrangement', 'sent.feeArrangement', 'number'],
            ['dateAdded', 'sent.dateAdded', 'ms']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
