with

landed as (

    -- Typeform's `since` is inclusive and its webhooks are redelivered: the same
    -- response arrives more than once.
    {{ newest_landed('typeform', 'responses') }}

),

parsed as (

    select
        *,
        {{ parse_payload({
            'form_id': 'string',
            'response': {'submitted_at': 'string', 'hidden': {'respondent_kind': 'string', 'candidate_id': 'string', 'contact_id': 'string', 'company_id': 'string', 'placement_id': 'string', 'job_submission_id': 'string', 'trigger': 'string', 'email': 'string'}, 'answers': [{'type': 'string', 'number': 'string', 'text': 'string', 'boolean': 'string', 'choice': {'label': 'string'}, 'field': {'id': 'string', 'ref': 'string', 'type': 'string'}}]}
        }) }} as sent

    from landed

),

renamed as (

    select

        ---------- ids
        {{ envelope_columns() }},
        {{ record_key('source_record_id') }} as response_id,
        {{ record_key('sent.form_id') }} as form_id,
        {{ text('sent.response.hidden.candidate_id') }} as candidate_record_id,
        {{ text('sent.response.hidden.contact_id') }} as contact_record_id,
        {{ text('sent.response.hidden.company_id') }} as company_record_id,
        {{ text('sent.response.hidden.placement_id') }} as placement_record_id,
        {{ text('sent.response.hidden.job_submission_id') }}
            as application_record_id,

        ---------- strings
        {{ respondent_kind('sent.response.hidden.respondent_kind') }}
            as respondent_kind,
        {{ survey_trigger(
            'coalesce(sent.response.hidden.trigger, sent.form_id)'
        ) }} as survey_trigger,
        {{ label('sent.response.hidden.email') }} as respondent_email,

        ---------- booleans
        {{ deleted_at_source() }} as is_deleted,

        ---------- timestamps
        {{ utc_instant('sent.response.submitted_at') }} as submitted_at,

        ---------- arrays
        sent.response.answers,

        ---------- quality
        {{ unknown_fields([
            ['hidden.respondent_kind', 'sent.response.hidden.respondent_kind', 'respondent_kind']
        ]) }} as unknown_fields,
        {{ reject_reason([
            ['submitted_at', 'sent.response.submitted_at', 'iso'],
            ['submitted_at: missing', "op <> 'delete' and " ~ text('sent.response.submitted_at') ~ ' is null'],
            [
                'answers.nps: out of range',
                any_element(
                    'sent.response.answers', 'answer',
                    "answer.type = 'number' and answer.field.type = 'nps'"
                    ~ ' and ' ~ off_scale('answer.number', 0, 10)
                )
            ],
            [
                'answers.rating: out of range',
                any_element(
                    'sent.response.answers', 'answer',
                    "answer.type = 'number' and answer.field.ref in (" ~ rating_refs() ~ ')'
                    ~ ' and ' ~ off_scale('answer.number', 1, 5)
                )
            ]
        ]) }} as reject_reason

    from parsed

)

select * from renamed
