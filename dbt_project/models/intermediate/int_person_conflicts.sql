with

refused as (

    select
        would_be_id,
        'declared' as strength,
        refusal as reason,
        person_record_id as unit_record_id
    from {{ ref('int_persons_declared') }}
    where refusal is not null
    union all
    select
        would_be_id,
        'linked' as strength,
        refusal as reason,
        person_record_id as unit_record_id
    from {{ ref('int_persons_linked') }}
    where refusal is not null
    union all
    select
        would_be_id,
        'alike' as strength,
        refusal as reason,
        person_record_id as unit_record_id
    from {{ ref('int_persons_alike') }}
    where refusal is not null

),

conflicts as (

    select
        refused.strength || ':' || members.person_record_id
            as person_conflict_id,
        {{ provenance('members') }},
        refused.strength || ':' || refused.would_be_id as conflict_id,
        refused.strength,
        refused.reason,
        members.person_record_id,
        keys.record_key as record,
        members.person_id

    from refused
    inner join {{ ref('int_person_units') }} as units
        on refused.unit_record_id = units.unit_record_id
    inner join {{ ref('int_person_members') }} as members
        on units.person_record_id = members.person_record_id
    inner join {{ ref('int_person_records') }} as keys
        on members.person_record_id = keys.person_record_id

)

select * from conflicts
