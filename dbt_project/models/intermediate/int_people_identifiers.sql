with

identified as (

    select
        links.person_record_id,
        {{ provenance('links') }},
        links.person_id,
        records.first_name,
        records.last_name,
        nullif(
            lower(
                trim(
                    coalesce(records.first_name, '') || ' '
                    || coalesce(records.last_name, '')
                )
            ), ''
        ) as name_normalised,
        records.email_normalised,
        records.phone

    from {{ ref('int_person_members') }} as links
    inner join {{ ref('int_person_records') }} as records
        on links.person_record_id = records.person_record_id

)

select * from identified
