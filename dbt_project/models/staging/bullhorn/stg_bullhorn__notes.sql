with

landed as (

    {{ newest_landed('bullhorn', 'notes') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'action': 'string',
            'personReference': {'id': 'string', '_subtype': 'string'},
            'commentingPerson': {'id': 'string'},
            'candidates': {'data': [{'id': 'string'}]},
            'clientContacts': {'data': [{'id': 'string'}]},
            'isDeleted': 'string',
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as note_id,
        {{ record_key('sent.personReference.id') }} as about_record_id,
        {{ record_key('sent.commentingPerson.id') }} as recruiter_id,

        ---------- strings
        {{ label('sent.personReference._subtype') }} as about_kind,
        {{ label('sent.action') }} as action,

        ---------- booleans
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as noted_at,

        ---------- arrays
        sent.candidates.data as candidates,
        sent.clientContacts.data as contacts,

        ---------- quality
        {{ reject_reason([
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
