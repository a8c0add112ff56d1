with

landed as (

    {{ newest_landed('bullhorn', 'job_submission_history') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'jobSubmission': {'id': 'string'},
            'status': 'string',
            'modifyingUser': {'id': 'string'},
            'dateAdded': 'string'
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as stage_event_id,
        {{ record_key('sent.jobSubmission.id') }} as application_id,
        {{ record_key('sent.modifyingUser.id') }} as recruiter_id,

        ---------- strings
        {{ label('sent.status') }} as stage,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- timestamps
        {{ utc_instant_from_ms('sent.dateAdded') }} as entered_at,

        ---------- quality
        {{ reject_reason([
            ['dateAdded', 'sent.dateAdded', 'ms']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
