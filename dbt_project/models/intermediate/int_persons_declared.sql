with

units as (

    select
        person_record_id,
        tenant_id,
        record_kind,
        person_record_id as component_id

    from {{ ref('int_person_units') }}

    where person_record_id = unit_record_id

),

{{ person_components('units', 'declared') }}

select * from joined
