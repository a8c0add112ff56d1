with

landed as (

    {{ newest_landed('xero', 'accounts') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'Code': 'string',
            'Name': 'string',
            'Type': 'string',
            'Class': 'string',
            'Status': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as account_id,

        ---------- strings
        {{ text('sent.Code') }} as account_code,
        {{ text('sent.Name') }} as account_name,
        {{ label('sent.Type') }} as account_type,
        {{ label('sent.Class') }} as account_class,
        {{ label('sent.Status') }} as status,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- quality
        {{ reject_reason([
        ]) }} as reject_reason

    from parsed

)

select * from renamed
