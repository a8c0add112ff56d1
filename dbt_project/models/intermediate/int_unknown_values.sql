-- noqa: disable=LT02
{% set models = [
    'stg_bullhorn__placements',
    'stg_bullhorn__job_orders',
    'stg_xero__invoices',
    'stg_xero__credit_notes',
    'stg_xero__bank_transactions',
    'stg_typeform__responses',
    'stg_files__survey_answers',
    'stg_own__answers'
] %}

with

flagged as (
{% for model in models %}
    select
        {{ provenance('record') }},
        record.unknown_fields

    from {{ ref(model) }} as record

    where
        {{ usable('record') }}
        and {{ element_count('record.unknown_fields') }} > 0
        {% if model == 'stg_bullhorn__job_orders' -%}
        -- A job's employment type decides for placements without their own.
        and record.job_id in (
            select placements.job_id

            from {{ ref('int_placements') }} as placements

            where
                placements.job_id is not null
                and placements.employment_type = 'unknown'
        )
        {% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
),

listed as (

    select
        source_relation || ':' || split_part(source_entity, '.', 2) || ':'
        || source_record_id || ':' || field as unknown_value_id,
        {{ provenance('exploded') }},
        field

    from {{ exploded('flagged', 'unknown_fields', 'field', 'place') }}
        as exploded

)

select * from listed
