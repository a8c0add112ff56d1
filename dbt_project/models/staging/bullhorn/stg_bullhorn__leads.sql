with

landed as (

    {{ newest_landed('bullhorn', 'leads') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'firstName': 'string',
            'lastName': 'string',
            'email': 'string',
            'clientCorporation': {'id': 'string'},
            'leadSource': 'string',
            'campaignSource': 'string',
            'conversionSource': 'string',
            'referredByPerson': {'id': 'string', '_subtype': 'string'},
            'owner': {'id': 'string'},
            'status': 'string',
            'isDeleted': 'string',
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as lead_id,
        {{ record_key('sent.owner.id') }} as recruiter_id,
        {{ record_key('sent.clientCorporation.id') }} as company_id,
        {{ record_key('sent.referredByPerson.id') }} as referrer_record_id,

        ---------- strings
        {{ text('sent.firstName') }} as first_name,
        {{ text('sent.lastName') }} as last_name,
        {{ label('sent.email') }} as email_normalised,
        {{ label('sent.referredByPerson._subtype') }} as referrer_kind,
        {{ label('sent.status') }} as status,
        {{ label('sent.leadSource') }} as source,
        {{ label('sent.campaignSource') }} as campaign_source,
        {{ label('sent.conversionSource') }} as conversion_source,

        ---------- booleans
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,

        ---------- quality
        {{ reject_reason([
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
