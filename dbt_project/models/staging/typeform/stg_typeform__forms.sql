with

landed as (

    {{ newest_landed('typeform', 'forms') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'title': 'string',
            'fields': [{'id': 'string', 'ref': 'string', 'type': 'string', 'properties': {'steps': 'string', 'start_at_one': 'string'}}]
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as form_id,

        ---------- strings
        {{ text('sent.title') }} as title,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- arrays
        sent.fields,

        ---------- quality
        {{ reject_reason([
        ]) }} as reject_reason

    from parsed

)

select * from renamed
