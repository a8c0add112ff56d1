{{ config(
    unique_key=['tenant_id', 'source_relation', 'source_record_id', 'version']
) }}

with

landed as (

    {{ landed_versions('bullhorn', 'job_orders') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'isOpen': 'string',
            'dateAdded': 'string',
            'dateClosed': 'string',
            'isDeleted': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as job_id,

        ---------- booleans
        {{ flag('sent.isOpen') }} as is_open,
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as opened_at,
        {{ utc_instant_from_ms('sent.dateClosed') }} as closed_at

    from parsed

)

select * from renamed
