with

landed as (

    {{ newest_landed('bullhorn', 'job_submissions') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'candidate': {'id': 'string'},
            'jobOrder': {'id': 'string'},
            'status': 'string',
            'source': 'string',
            'sendingUser': {'id': 'string'},
            'dateAdded': 'string',
            'dateWebResponse': 'string',
            'isDeleted': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as application_id,
        {{ record_key('sent.candidate.id') }} as candidate_id,
        {{ record_key('sent.jobOrder.id') }} as job_id,
        {{ record_key('sent.sendingUser.id') }} as recruiter_id,

        ---------- strings
        {{ label('sent.status') }} as status,
        {{ label('sent.source') }} as source,

        ---------- booleans
        {{ deleted_at_source('sent.isDeleted') }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as added_at,
        {{ utc_instant_from_ms('sent.dateWebResponse') }} as web_response_at,

        ---------- quality
        {{ reject_reason([
            ['dateWebResponse', 'sent.dateWebResponse', 'ms'],
            ['dateAdded', 'sent.dateAdded', 'ms'],
            ['isDeleted', 'sent.isDeleted', 'flag']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
