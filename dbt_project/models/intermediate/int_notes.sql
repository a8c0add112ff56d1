with

notes as (

    select * from {{ ref('stg_bullhorn__notes') }}

    where {{ usable() }}

),

mentions as (

    select
        exploded.note_id,
        'candidate' as record_kind,
        exploded.source_relation || ':' || exploded.person.id as record_id
    from
        {{ exploded('notes', 'candidates', 'person', 'person_number') }}
            as exploded
    union
    select
        exploded.note_id,
        'contact' as record_kind,
        exploded.source_relation || ':' || exploded.person.id as record_id
    from
        {{ exploded('notes', 'contacts', 'person', 'person_number') }}
            as exploded

),

mentioned as (

    select
        mentions.note_id,
        links.person_id
    from mentions
    inner join {{ ref('int_person_members') }} as links
        on
            mentions.record_id = links.record_id
            and mentions.record_kind = links.record_kind
    union
    select
        notes.note_id,
        ids.person_id
    from notes
    inner join {{ ref('int_person_ids') }} as ids
        on notes.about_record_id = ids.record_id
    where ids.person_id is not null

),

described as (

    select
        notes.note_id || ':' || coalesce(mentioned.person_id, 'nobody')
            as note_person_id,
        {{ provenance('notes') }},
        notes.note_id,
        mentioned.person_id,
        recruiters.recruiter_id,
        notes.action,
        notes.noted_at

    from notes
    left join mentioned
        on notes.note_id = mentioned.note_id
    left join {{ ref('int_recruiters') }} as recruiters
        on notes.recruiter_id = recruiters.recruiter_id

)

select * from described
