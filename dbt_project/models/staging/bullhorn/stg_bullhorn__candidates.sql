with

landed as (

    {{ newest_landed('bullhorn', 'candidates') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'firstName': 'string',
            'lastName': 'string',
            'email': 'string',
            'phone': 'string',
            'mobile': 'string',
            'status': 'string',
            'source': 'string',
            'referredBy': 'string',
            'referredByPerson': {'id': 'string', '_subtype': 'string'},
            'owner': {'id': 'string'},
            'isDeleted': 'string',
            'isAnonymized': 'string',
            'linkedPerson': {'id': 'string'},
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as candidate_id,
        {{ record_key('sent.owner.id') }} as recruiter_id,
        {{ record_key('sent.linkedPerson.id') }} as merged_into_id,
        {{ record_key('sent.referredByPerson.id') }} as referrer_record_id,

        ---------- strings
        {{ text('sent.firstName') }} as first_name,
        {{ text('sent.lastName') }} as last_name,
        {{ label('sent.email') }} as email_normalised,
        {{ label('sent.referredByPerson._subtype') }} as referrer_kind,
        coalesce({{ text('sent.mobile') }}, {{ text('sent.phone') }}) as phone,
        {{ label('sent.status') }} as status,
        {{ label('sent.source') }} as source,
        {{ text('sent.referredBy') }} as referrer_text,

        ---------- booleans
        op = 'anonymise' or coalesce({{ flag('sent.isAnonymized') }}, false) as is_anonymised,
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,

        ---------- quality
        {{ reject_reason([
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag'],
            ['isAnonymized', 'sent.isAnonymized', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
