with

records as (

    select * from {{ ref('int_person_records') }}

),

units as (

    select * from {{ ref('int_person_units') }}

),

components as (

    select * from {{ ref('int_persons_alike') }}

),

-- The strongest link by which a record came to its person.
held as (

    select
        matches.person_record_id,
        min(matches.weight) as weight

    from (
        select
            left_unit_id as person_record_id,
            right_unit_id as other_id,
            {{ link_weight('rule') }} as weight
        from {{ ref('int_person_matches') }}
        where not is_cut
        union all
        select
            right_unit_id as person_record_id,
            left_unit_id as other_id,
            {{ link_weight('rule') }} as weight
        from {{ ref('int_person_matches') }}
        where not is_cut
    ) as matches
    inner join components as here
        on matches.person_record_id = here.person_record_id
    inner join components as there
        on
            matches.other_id = there.person_record_id
            and here.component_id = there.component_id

    group by matches.person_record_id

),

placed as (

    select
        units.person_record_id,
        {{ provenance('units') }},
        units.record_kind,
        units.record_id,
        units.is_merged_away,
        records.is_anonymised,
        records.added_at,
        records.natural_key,
        records.email_normalised,
        held.weight,
        min(unit.natural_key) over (partition by components.component_id)
            as person_key

    from units
    inner join records
        on units.person_record_id = records.person_record_id
    inner join records as unit
        on units.unit_record_id = unit.person_record_id
    inner join components
        on units.unit_record_id = components.person_record_id
    left join held
        on units.unit_record_id = held.person_record_id

),

mailboxes as (

    select
        tenant_id,
        email_normalised

    from placed

    where email_normalised is not null and not is_merged_away

    group by tenant_id, email_normalised

    having count(distinct person_key) > 1

),

members as (

    select
        placed.person_record_id,
        {{ provenance('placed') }},
        {{ pseudonym('pseudonym_key.secret', 'placed.person_key') }}
            as person_id,
        placed.record_kind,
        placed.record_id,
        case
            when placed.is_merged_away then 'merged_record'
            when placed.natural_key = placed.person_key then 'own_record'
            else coalesce({{ link_rule('placed.weight') }}, 'own_record')
        end as rule,
        placed.is_merged_away,
        placed.is_anonymised,
        mailboxes.email_normalised is not null as is_shared_mailbox,
        placed.added_at

    from placed
    cross join {{ source('vouch_keys', 'pseudonym_key') }} as pseudonym_key
    left join mailboxes
        on
            placed.tenant_id = mailboxes.tenant_id
            and placed.email_normalised = mailboxes.email_normalised

)

select * from members
