with

landed as (

    -- The event's own instant is the version: an answer may be corrected.
    {{ newest_landed('own', 'answers') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'data': {
                'respondent_email': 'string',
                'score': 'string',
                'comment': 'string',
                'submitted_at': 'string',
                'company_key': 'string',
                'respondent_kind': 'string',
                'trigger': 'string'
            }
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as response_id,

        ---------- strings
        {{ respondent_kind(
            "coalesce(nullif(trim(sent.data.respondent_kind), ''), 'client')"
        ) }} as respondent_kind,
        {{ survey_trigger(
            "coalesce(nullif(trim(sent.data.trigger), ''), 'relationship_client')"
        ) }} as survey_trigger,
        {{ label('sent.data.respondent_email') }} as respondent_email,
        upper({{ text('sent.data.company_key') }}) as company_key,
        {{ text('sent.data.comment') }} as comment_text,

        ---------- numerics
        {{ whole('sent.data.score') }} as score,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- timestamps
        {{ utc_instant('sent.data.submitted_at') }} as submitted_at,

        ---------- quality
        {{ unknown_fields([
            ['respondent_kind', 'sent.data.respondent_kind', 'respondent_kind']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['score', 'sent.data.score', 'whole'],
            ['submitted_at', 'sent.data.submitted_at', 'iso'],
            ['score: out of range', whole('sent.data.score') ~ ' not between 0 and 10'],
            ['submitted_at: missing', "op <> 'delete' and " ~ text('sent.data.submitted_at') ~ ' is null']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
