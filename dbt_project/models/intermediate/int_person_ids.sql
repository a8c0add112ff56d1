with

-- Bullhorn gives candidates, contacts and users ids out of one series, but
-- nothing enforces it: an id that means two people means nobody.
ids as (

    select
        record_id,
        min(person_id) as person_id,
        min(record_kind) as record_kind

    from {{ ref('int_person_members') }}

    group by record_id

    having count(distinct person_id) = 1

),

unambiguous as (

    select
        coalesce(ids.record_id, recruiters.recruiter_id) as record_id,
        ids.person_id,
        recruiters.recruiter_id,
        coalesce(ids.record_kind, 'recruiter') as record_kind

    from ids
    full outer join {{ ref('int_recruiters') }} as recruiters
        on ids.record_id = recruiters.recruiter_id

    where ids.record_id is null or recruiters.recruiter_id is null

)

select * from unambiguous
