with

survivors as (

    select * from {{ ref('int_person_survivors') }}

),

records as (

    select records.*

    from {{ ref('int_person_records') }} as records
    inner join survivors
        on records.person_record_id = survivors.person_record_id

    where not survivors.is_merged_away

),

-- A living record that names another one: a candidate who became a contact.
linked as (

    select
        here.person_record_id as left_record_id,
        there.survivor_record_id as right_record_id

    from records as here
    inner join survivors as there
        on
            here.merged_into_id = there.record_id
            and here.record_kind <> there.record_kind

),

addresses as (

    select
        tenant_id,
        email_normalised,
        count(*) filter (where record_kind = 'candidate') as candidates,
        count(*) filter (where record_kind = 'contact') as contacts,
        min(case when record_kind = 'candidate' then person_record_id end)
            as candidate_record_id,
        min(case when record_kind = 'contact' then person_record_id end)
            as contact_record_id

    from records

    where email_normalised is not null

    group by tenant_id, email_normalised

),

matched as (

    select
        left_record_id,
        right_record_id,
        'linked_record' as rule

    from linked

    union all

    -- An address with several contacts is a shared mailbox, one with several
    -- candidates may be a family's: neither identifies anybody.
    select
        candidate_record_id as left_record_id,
        contact_record_id as right_record_id,
        'same_email' as rule

    from addresses

    where candidates = 1 and contacts = 1

),

distinct_matches as (

    select
        left_record_id,
        right_record_id,
        left_record_id || '|' || right_record_id as person_match_id,
        min(rule) as rule

    from matched

    group by left_record_id, right_record_id

)

select * from distinct_matches
