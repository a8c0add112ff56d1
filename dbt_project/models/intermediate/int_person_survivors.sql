with

records as (

    select * from {{ ref('int_person_records') }}

),

-- A duplicate points to its own kind, unless no such record is known.
merged as (

    select
        gone.person_record_id as record_id,
        coalesce(same_kind.person_record_id, other_kind.person_record_id)
            as merged_into_id

    from records as gone
    left join records as same_kind
        on
            gone.merged_into_id = same_kind.record_id
            and gone.record_kind = same_kind.record_kind
    left join records as other_kind
        on
            gone.merged_into_id = other_kind.record_id
            and gone.record_kind <> other_kind.record_kind

    where
        gone.is_deleted
        and coalesce(same_kind.person_record_id, other_kind.person_record_id)
        <> gone.person_record_id

),

{{ followed_merges('followed', 'merged') }},

survivors as (

    select
        {{ provenance('records') }},
        records.person_record_id,
        records.record_kind,
        records.record_id,
        coalesce(followed.survivor_id, records.person_record_id)
            as survivor_record_id,
        followed.survivor_id is not null as is_merged_away

    from records
    left join followed
        on records.person_record_id = followed.record_id

),

-- Deleted without a living survivor: the record does not count.
living as (

    select survivors.*

    from survivors
    inner join records as survivor
        on survivors.survivor_record_id = survivor.person_record_id

    where not survivor.is_deleted

)

select * from living
