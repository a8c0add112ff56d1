with

survivors as (

    select * from {{ ref('int_person_survivors') }}

),

-- Two records of one merge that the agency declares different: the ones that
-- were merged away stand for themselves again, the survivor keeps the rest.
released as (

    select distinct gone.person_record_id

    from {{ ref('int_person_overrides') }} as overrides
    inner join survivors as one
        on overrides.left_record_id = one.person_record_id
    inner join survivors as other
        on overrides.right_record_id = other.person_record_id
    inner join survivors as gone
        on
            gone.person_record_id
            in (one.person_record_id, other.person_record_id)
            and gone.is_merged_away

    where
        overrides.is_in_force
        and overrides.decision = 'different'
        and one.survivor_record_id = other.survivor_record_id

),

units as (

    select
        survivors.person_record_id,
        {{ provenance('survivors') }},
        survivors.record_kind,
        survivors.record_id,
        case
            when released.person_record_id is null
                then survivors.survivor_record_id
            else survivors.person_record_id
        end as unit_record_id,
        survivors.survivor_record_id,
        survivors.is_merged_away and released.person_record_id is null
            as is_merged_away

    from survivors
    left join released
        on survivors.person_record_id = released.person_record_id

)

select * from units
