with

forms as (

    select
        record.form_id,
        {{ provenance('record') }},
        record.title,
        -- Eleven steps from zero are NPS under another name; fewer are not.
        coalesce(
            {{ first_match(
                'record.fields', 'field', "field.type = 'nps'"
            ) }}.id,
            {{ first_match(
                'record.fields', 'field',
                "field.type = 'opinion_scale' and field.properties.steps = '11'"
                ~ " and lower(field.properties.start_at_one) = 'false'"
            ) }}.id
        ) as nps_field_id,
        {{ first_match(
            'record.fields', 'field',
            "field.ref = 'ces' and field.type = 'opinion_scale'"
            ~ " and field.properties.steps = '7'"
            ~ " and lower(field.properties.start_at_one) = 'true'"
        ) }}.id as ces_field_id

    from {{ ref('stg_typeform__forms') }} as record

    where {{ usable('record') }}

)

select * from forms
