with

refused as (
{% for strength in ['declared', 'linked', 'alike'] %}
    select
        would_be_id,
        '{{ strength }}' as strength,
        refusal as reason,
        person_record_id as unit_record_id
    from {{ ref('int_persons_' ~ strength) }}
    where refusal is not null
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
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
        members.person_id

    from refused
    inner join {{ ref('int_person_units') }} as units
        on refused.unit_record_id = units.unit_record_id
    inner join {{ ref('int_person_members') }} as members
        on units.person_record_id = members.person_record_id

)

select * from conflicts
