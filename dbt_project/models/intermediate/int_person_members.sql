{# How far a match reaches: persons of more records in a row than this stay
   apart, which a test on int_person_matches would show. #}
{% set rounds = 4 %}

with

matches as (

    select * from {{ ref('int_person_matches') }}

),

records as (

    select * from {{ ref('int_person_records') }}

),

survivors as (

    select * from {{ ref('int_person_survivors') }}

),

neighbours as (

    select
        left_record_id as record_id,
        right_record_id as neighbour_id,
        rule
    from matches
    union all
    select
        right_record_id as record_id,
        left_record_id as neighbour_id,
        rule
    from matches
    union all
    select
        left_record_id as record_id,
        left_record_id as neighbour_id,
        rule
    from matches
    union all
    select
        right_record_id as record_id,
        right_record_id as neighbour_id,
        rule
    from matches

),

-- Every record takes the oldest name among its neighbours, round by round.
labels_0 as (

    select
        neighbours.record_id,
        min(records.natural_key) as label,
        min(neighbours.rule) as rule

    from neighbours
    inner join records
        on neighbours.neighbour_id = records.person_record_id

    group by neighbours.record_id

),
{% for round in range(1, rounds + 1) %}
labels_{{ round }} as (

    select
        neighbours.record_id,
        min(labels.label) as label,
        min(neighbours.rule) as rule

    from neighbours
    inner join labels_{{ round - 1 }} as labels
        on neighbours.neighbour_id = labels.record_id

    group by neighbours.record_id

),
{% endfor %}
addresses as (

    select
        records.tenant_id,
        records.email_normalised

    from records
    inner join survivors
        on records.person_record_id = survivors.person_record_id

    where
        not survivors.is_merged_away
        and records.record_kind = 'contact'
        and records.email_normalised is not null

    group by records.tenant_id, records.email_normalised

    having count(*) > 1

),

named as (

    select
        survivors.person_record_id,
        {{ provenance('survivors') }},
        survivors.record_kind,
        survivors.record_id,
        survivors.is_merged_away,
        records.is_anonymised,
        records.added_at,
        records.natural_key,
        coalesce(labels.label, survivor.natural_key) as person_key,
        labels.rule as match_rule,
        addresses.email_normalised is not null as is_shared_mailbox

    from survivors
    inner join records
        on survivors.person_record_id = records.person_record_id
    inner join records as survivor
        on survivors.survivor_record_id = survivor.person_record_id
    left join labels_{{ rounds }} as labels
        on survivors.survivor_record_id = labels.record_id
    left join addresses
        on
            records.tenant_id = addresses.tenant_id
            and records.email_normalised = addresses.email_normalised

),

pseudonymised as (

    select
        named.person_record_id,
        {{ provenance('named') }},
        {{ pseudonym('pseudonym_key.secret', 'named.person_key') }}
            as person_id,
        named.record_kind,
        named.record_id,
        case
            when named.is_merged_away then 'merged_record'
            when named.natural_key = named.person_key then 'own_record'
            else coalesce(named.match_rule, 'own_record')
        end as rule,
        named.is_merged_away,
        named.is_anonymised,
        named.is_shared_mailbox,
        named.added_at

    from named
    cross join {{ source('vouch_keys', 'pseudonym_key') }} as pseudonym_key

)

select * from pseudonymised
