with

-- Every record that counts, with the name of the unit it stands for: what a
-- record merged away knew still speaks for its survivor.
bearers as (

    select
        units.person_record_id,
        units.tenant_id,
        units.record_id,
        units.is_merged_away,
        units.unit_record_id,
        unit.record_kind as unit_kind,
        unit.natural_key as unit_natural_key,
        unit.full_name,
        unit.given_name,
        unit.is_anonymised,
        records.record_kind,
        records.merged_into_id,
        records.natural_key,
        records.email_normalised,
        records.phone_normalised

    from {{ ref('int_person_units') }} as units
    inner join {{ ref('int_person_records') }} as records
        on units.person_record_id = records.person_record_id
    inner join {{ ref('int_person_records') }} as unit
        on units.unit_record_id = unit.person_record_id

),

overrides as (

    select
        overrides.decision,
        overrides.left_record_id,
        overrides.right_record_id,
        one.unit_record_id as left_unit_id,
        other.unit_record_id as right_unit_id

    from {{ ref('int_person_overrides') }} as overrides
    inner join {{ ref('int_person_units') }} as one
        on overrides.left_record_id = one.person_record_id
    inner join {{ ref('int_person_units') }} as other
        on overrides.right_record_id = other.person_record_id

    where overrides.is_in_force

),

-- A living record that names another one: a candidate who became a contact.
-- Its own kind is meant only where no other kind has the id.
named as (

    select
        here.person_record_id as left_record_id,
        here.unit_record_id as left_unit_id,
        there.person_record_id as right_record_id,
        there.unit_record_id as right_unit_id,
        here.record_kind = there.record_kind as is_same_kind,
        sum(case when here.record_kind <> there.record_kind then 1 else 0 end)
            over (partition by here.person_record_id) as other_kinds

    from bearers as here
    inner join bearers as there
        on here.merged_into_id = there.record_id

    where
        not here.is_merged_away
        and here.person_record_id = here.unit_record_id
        and not here.is_anonymised
        and not there.is_anonymised
        and here.unit_record_id <> there.unit_record_id

),

linked as (

    select *

    from named

    where other_kinds = 0 or (other_kinds = 1 and not is_same_kind)

),

identifiers as (

    select
        'same_email' as rule,
        tenant_id,
        email_normalised as identifier,
        person_record_id,
        natural_key,
        unit_record_id,
        unit_kind,
        unit_natural_key,
        full_name,
        given_name

    from bearers

    where email_normalised is not null and not is_anonymised

    union all

    select
        'same_phone' as rule,
        tenant_id,
        phone_normalised as identifier,
        person_record_id,
        natural_key,
        unit_record_id,
        unit_kind,
        unit_natural_key,
        full_name,
        given_name

    from bearers

    where phone_normalised is not null and not is_anonymised

),

ranked as (

    select
        *,
        row_number() over (
            partition by rule, tenant_id, identifier, unit_record_id
            order by natural_key asc nulls last
        ) as record_rank

    from identifiers

),

borne as (

    select * from ranked

    where record_rank = 1

),

shared as (

    select
        rule,
        tenant_id,
        identifier,
        min(unit_natural_key) as oldest_unit,
        count(*) as units,
        count(distinct unit_kind) as kinds,
        count(full_name) as named_units,
        count(distinct full_name) as full_names,
        count(distinct given_name) as given_names

    from borne

    group by rule, tenant_id, identifier

    having count(*) > 1

),

-- What several records of one kind carry is a person's only if all bear one
-- name. An address that each kind has once also allows for a new surname; a
-- number, which offices and families share, does not.
telling as (

    select *

    from shared

    where
        (full_names = 1 and named_units = units)
        or (rule = 'same_email' and kinds = units and given_names <= 1)

),

-- What two people have is nobody's.
disputed as (

    select distinct
        one.rule,
        one.tenant_id,
        one.identifier

    from overrides
    inner join borne as one
        on overrides.left_unit_id = one.unit_record_id
    inner join borne as other
        on
            overrides.right_unit_id = other.unit_record_id
            and one.rule = other.rule
            and one.tenant_id = other.tenant_id
            and one.identifier = other.identifier

    where overrides.decision = 'different'

),

-- Each bearer with the oldest one: enough to join them all.
alike as (

    select
        oldest.person_record_id as left_record_id,
        borne.person_record_id as right_record_id,
        oldest.unit_record_id as left_unit_id,
        borne.unit_record_id as right_unit_id,
        telling.rule,
        disputed.identifier is not null as is_disputed

    from telling
    inner join borne as oldest
        on
            telling.rule = oldest.rule
            and telling.tenant_id = oldest.tenant_id
            and telling.identifier = oldest.identifier
            and telling.oldest_unit = oldest.unit_natural_key
    inner join borne
        on
            telling.rule = borne.rule
            and telling.tenant_id = borne.tenant_id
            and telling.identifier = borne.identifier
            and telling.oldest_unit <> borne.unit_natural_key
    left join disputed
        on
            telling.rule = disputed.rule
            and telling.tenant_id = disputed.tenant_id
            and telling.identifier = disputed.identifier

),

matched as (

    select
        left_record_id,
        right_record_id,
        left_unit_id,
        right_unit_id,
        'declared_same' as rule,
        'declared' as strength,
        false as is_disputed

    from overrides

    where decision = 'same' and left_unit_id <> right_unit_id

    union all

    select
        left_record_id,
        right_record_id,
        left_unit_id,
        right_unit_id,
        'linked_record' as rule,
        'linked' as strength,
        false as is_disputed

    from linked

    union all

    select
        left_record_id,
        right_record_id,
        left_unit_id,
        right_unit_id,
        rule,
        'alike' as strength,
        is_disputed

    from alike

),

apart as (

    select
        left_unit_id,
        right_unit_id
    from overrides
    where decision = 'different'
    union
    select
        right_unit_id as left_unit_id,
        left_unit_id as right_unit_id
    from overrides
    where decision = 'different'

),

matches as (

    select
        matched.left_record_id || '|' || matched.right_record_id || '|'
        || matched.rule as person_match_id,
        matched.left_record_id,
        matched.right_record_id,
        matched.left_unit_id,
        matched.right_unit_id,
        matched.rule,
        matched.strength,
        bool_or(matched.is_disputed or apart.left_unit_id is not null)
            as is_cut

    from matched
    left join apart
        on
            matched.left_unit_id = apart.left_unit_id
            and matched.right_unit_id = apart.right_unit_id

    group by
        matched.left_record_id, matched.right_record_id, matched.left_unit_id,
        matched.right_unit_id, matched.rule, matched.strength

)

select * from matches
