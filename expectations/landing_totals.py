"""Totals of the sources, from landed payloads alone: nothing of dbt is read here."""

# Xero's SubTotal is net of tax, whatever LineAmountTypes says.
_DOCUMENT = """
    select
        '{entity}' as entity,
        source,
        record_id,
        upper(json_extract_string(payload, '$.Type')) as type,
        upper(json_extract_string(payload, '$.Status')) as status,
        coalesce(json_extract_string(payload, '$.CurrencyCode'), 'unknown') as currency,
        cast(json_extract_string(payload, '$.SubTotal') as decimal(18, 4)) as amount
    from xero_{entity}
"""

DOCUMENTS = " union all ".join(
    _DOCUMENT.format(entity=entity) for entity in ("invoices", "credit_notes", "bank_transactions")
)


def posted(plus: tuple[str, ...], minus: tuple[str, ...]) -> str:
    """SQL: net total per currency of posted documents of these types, refused ones apart."""
    positive, negative = _quoted(plus), _quoted(minus)
    return f"""
        select
            currency as label,
            sum(case when type in ({positive}) then amount else -amount end) as total
        from ({DOCUMENTS}) as documents
        where status in ('AUTHORISED', 'PAID')
            and type in ({positive}, {negative})
            and not exists (
                select 1 from refused
                where refused.source_relation = documents.source
                    and refused.source_entity = 'xero.' || documents.entity
                    and refused.source_record_id = documents.record_id
            )
        group by currency
    """


PLACEMENTS = """
    select 'placements' as label, count(*) as total
    from bullhorn_placements as landed
    where not exists (
        select 1 from refused
        where refused.source_relation = landed.source
            and refused.source_entity = 'bullhorn.placements'
            and refused.source_record_id = landed.record_id
    )
"""

# A 0 to 10 scale is Typeform's own nps field, or an opinion scale of 11 steps from zero.
SCORED_ANSWERS = """
    with
    fields as (
        select distinct
            source,
            json_extract_string(payload, '$.id') as form_id,
            json_extract_string(field, '$.id') as field_id
        from (
            select source, payload, unnest(cast(payload->'$.fields' as json[])) as field
            from typeform_forms
        )
        where json_extract_string(field, '$.type') = 'opinion_scale'
            and cast(field->'$.properties.steps' as integer) = 11
            and not coalesce(cast(field->'$.properties.start_at_one' as boolean), false)
    ),
    answers as (
        select
            source, record_id,
            json_extract_string(payload, '$.form_id') as form_id,
            unnest(cast(payload->'$.response.answers' as json[])) as answer
        from typeform_responses
    ),
    scored as (
        select
            answers.source, answers.record_id, 'typeform.responses' as entity,
            try_cast(json_extract_string(answer, '$.number') as integer) as score
        from answers
        left join fields
            on answers.source = fields.source
            and answers.form_id = fields.form_id
            and json_extract_string(answer, '$.field.id') = fields.field_id
        where json_extract_string(answer, '$.field.type') = 'nps' or fields.field_id is not null
        union all
        select
            source, record_id, 'files.survey_answers' as entity,
            try_cast(trim(json_extract_string(payload, '$.score')) as integer) as score
        from files_survey_answers
        union all
        select
            source, record_id, 'own.answers' as entity,
            try_cast(trim(json_extract_string(payload, '$.data.score')) as integer) as score
        from own_answers
    )
    select entity as label, count(distinct (source, record_id)) as total
    from scored
    where score between 0 and 10
        and not exists (
            select 1 from refused
            where refused.source_relation = scored.source
                and refused.source_entity = scored.entity
                and refused.source_record_id = scored.record_id
        )
    group by entity
"""


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
