with

typeform as (

    select
        record.response_id,
        {{ provenance('record') }},
        record.form_id,
        record.candidate_record_id,
        record.contact_record_id,
        record.company_record_id,
        record.placement_record_id,
        record.application_record_id,
        cast(null as string) as company_key,
        record.respondent_kind,
        record.survey_trigger,
        {{ email_key('record.respondent_email') }} as respondent_email,
        record.submitted_at,
        {{ first_match(
            'record.answers', 'answer',
            "answer.type = 'number' and (answer.field.type = 'nps'"
            ~ " or answer.field.id = forms.nps_field_id)"
        ) }}.number as score_text,
        {{ first_match(
            'record.answers', 'answer',
            "answer.type = 'number' and answer.field.id = forms.ces_field_id"
        ) }}.number as ces_text,
        -- Somebody called another scale NPS.
        {{ any_element(
            'record.answers', 'answer',
            "answer.type = 'number' and lower(answer.field.ref) like 'nps%'"
            ~ " and answer.field.type <> 'nps'"
            ~ " and (forms.nps_field_id is null"
            ~ " or answer.field.id <> forms.nps_field_id)"
        ) }} as is_other_scale_as_nps,
        {% for driver in driver_refs() + ['csat'] %}
        {{ first_match(
            'record.answers', 'answer',
            "answer.type = 'number' and answer.field.ref = '" ~ driver ~ "'"
        ) }}.number as {{ driver }}_text,
        {% endfor %}
        {{ first_match(
            'record.answers', 'answer', "answer.field.ref = 'who_told_you'"
        ) }} as who_told_you,
        {{ text(
            first_match(
                'record.answers', 'answer', "answer.field.ref = 'comment'"
            ) ~ '.text'
        ) }} as comment_text,
        forms.nps_field_id is not null
        or {{ any_element(
            'record.answers', 'answer', "answer.field.type = 'nps'"
        ) }} as is_nps_scale

    from {{ ref('stg_typeform__responses') }} as record
    left join {{ ref('int_survey_forms') }} as forms
        on record.form_id = forms.form_id

    where {{ usable('record') }}

),

-- Of a dropped file and of the agency's own tools: a score and whose it is.
plain as (

    {% for relation, form in [
        ('stg_files__survey_answers', 'survey_answers'),
        ('stg_own__answers', 'own_answers'),
    ] -%}
    select
        record.response_id,
        {{ provenance('record') }},
        record.source_relation || ':{{ form }}' as form_id,
        record.company_key,
        record.respondent_kind,
        record.survey_trigger,
        {{ email_key('record.respondent_email') }} as respondent_email,
        record.score,
        record.comment_text,
        record.submitted_at
    from {{ ref(relation) }} as record
    where {{ usable('record') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

answers as (

    select
        response_id,
        {{ provenance('typeform') }},
        form_id,
        candidate_record_id,
        contact_record_id,
        company_record_id,
        placement_record_id,
        application_record_id,
        company_key,
        respondent_kind,
        survey_trigger,
        respondent_email,
        {{ label('who_told_you.choice.label') }} as who_told_you,
        {{ text('who_told_you.text') }} as who_told_you_text,
        comment_text,
        case
            when {{ whole('score_text') }} between 0 and 10
                then {{ whole('score_text') }}
        end as score,
        {{ whole('csat_text') }} as csat_score,
        case
            when {{ whole('ces_text') }} between 1 and 7
                then {{ whole('ces_text') }}
        end as ces_score,
        {% for driver in driver_refs() %}
        {{ whole(driver ~ '_text') }} as rating_{{ driver }},
        {% endfor %}
        is_nps_scale,
        is_other_scale_as_nps,
        score_text is not null as has_score_given,
        submitted_at

    from typeform

    union all

    select
        response_id,
        {{ provenance('plain') }},
        form_id,
        cast(null as string) as candidate_record_id,
        cast(null as string) as contact_record_id,
        cast(null as string) as company_record_id,
        cast(null as string) as placement_record_id,
        cast(null as string) as application_record_id,
        company_key,
        respondent_kind,
        survey_trigger,
        respondent_email,
        cast(null as string) as who_told_you,
        cast(null as string) as who_told_you_text,
        comment_text,
        score,
        cast(null as int) as csat_score,
        cast(null as int) as ces_score,
        {% for driver in driver_refs() %}
        cast(null as int) as rating_{{ driver }},
        {% endfor %}
        true as is_nps_scale,
        false as is_other_scale_as_nps,
        score is not null as has_score_given,
        submitted_at

    from plain

)

select * from answers
