with

landed as (

    {{ newest_landed('bullhorn', 'corporate_users') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'firstName': 'string',
            'lastName': 'string',
            'email': 'string',
            'enabled': 'string',
            'isDeleted': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as recruiter_id,

        ---------- strings
        {{ text('sent.firstName') }} as first_name,
        {{ text('sent.lastName') }} as last_name,
        {{ label('sent.email') }} as email_normalised,

        ---------- booleans
        {{ flag('sent.enabled') }} as is_enabled,
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- quality
        {{ reject_reason([
            ['enabled', 'sent.enabled', 'flag'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
