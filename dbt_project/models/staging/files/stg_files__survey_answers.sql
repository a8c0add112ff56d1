with

landed as (

    -- A row of a file never changes; the file name counts for nothing.
    {{ newest_landed('files', 'survey_answers') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'respondent_email': 'string',
            'score': 'string',
            'comment': 'string',
            'submitted_at': 'string',
            'company_key': 'string',
            'respondent_kind': 'string',
            'trigger': 'string'
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
            "coalesce(nullif(trim(sent.respondent_kind), ''), 'client')"
        ) }} as respondent_kind,
        {{ survey_trigger(
            "coalesce(nullif(trim(sent.trigger), ''), 'relationship_client')"
        ) }} as survey_trigger,
        {{ label('sent.respondent_email') }} as respondent_email,
        upper({{ text('sent.company_key') }}) as company_key,
        {{ text('sent.comment') }} as comment_text,

        ---------- numerics
        {{ whole('sent.score') }} as score,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- timestamps
        {{ utc_instant('sent.submitted_at') }} as submitted_at,

        ---------- quality
        {{ unknown_fields([
            ['respondent_kind', 'sent.respondent_kind', 'respondent_kind']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['score', 'sent.score', 'whole'],
            ['submitted_at', 'sent.submitted_at', 'iso'],
            ['score: out of range', whole('sent.score') ~ ' not between 0 and 10'],
            ['submitted_at: missing', "op <> 'delete' and " ~ text('sent.submitted_at') ~ ' is null']
        ]) }} as reject_reason

    from parsed

)

select * from renamed
