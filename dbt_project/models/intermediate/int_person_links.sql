with

members as (

    select * from {{ ref('int_person_members') }}

),

keys as (

    select
        person_record_id,
        record_key

    from {{ ref('int_person_records') }}

),

merged as (

    select
        person_record_id as left_record_id,
        survivor_record_id as right_record_id,
        'merged_record' as rule,
        'linked' as strength,
        -- Released by a decision of the agency.
        not is_merged_away as is_cut

    from {{ ref('int_person_units') }}

    where person_record_id <> survivor_record_id

),

links as (

    select
        left_record_id,
        right_record_id,
        rule,
        strength,
        is_cut
    from {{ ref('int_person_matches') }}
    union all
    select
        left_record_id,
        right_record_id,
        rule,
        strength,
        is_cut
    from merged

),

explained as (

    select
        links.left_record_id || '|' || links.right_record_id || '|'
        || links.rule as person_link_id,
        {{ provenance('one') }},
        links.left_record_id,
        links.right_record_id,
        one_key.record_key as left_record,
        other_key.record_key as right_record,
        links.rule,
        links.strength,
        case
            when links.is_cut then 'declared_different'
            when one.person_id = other.person_id then 'applied'
            else 'contradicted'
        end as status,
        case
            when not links.is_cut and one.person_id = other.person_id
                then one.person_id
        end as person_id

    from links
    inner join members as one
        on links.left_record_id = one.person_record_id
    inner join members as other
        on links.right_record_id = other.person_record_id
    inner join keys as one_key
        on links.left_record_id = one_key.person_record_id
    inner join keys as other_key
        on links.right_record_id = other_key.person_record_id

)

select * from explained
