with

records as (

    select
        records.record_key,
        records.tenant_id,
        records.person_record_id,
        records.natural_key,
        records.is_anonymised,
        survivors.person_record_id is not null as is_counted

    from {{ ref('int_person_records') }} as records
    left join {{ ref('int_person_survivors') }} as survivors
        on records.person_record_id = survivors.person_record_id

),

written as (

    select distinct
        trim(left_record) as one_record,
        trim(right_record) as other_record,
        coalesce(lower(trim(decision)), '') as decision

    from {{ ref('person_overrides') }}

),

-- Which of the two was written first says nothing.
pairs as (

    select distinct
        coalesce(least(one_record, other_record), '') as left_record,
        coalesce(greatest(one_record, other_record), '') as right_record,
        case when decision in ('same', 'different') then decision else 'unknown'
        end as decision

    from written

),

decided as (

    select
        *,
        max(case when decision = 'different' then 1 else 0 end) over (
            partition by left_record, right_record
        ) = 1 as is_also_different

    from pairs

),

judged as (

    select
        decided.left_record || '|' || decided.right_record || '|'
        || decided.decision as person_override_id,
        coalesce(one.tenant_id, other.tenant_id) as tenant_id,
        decided.left_record,
        decided.right_record,
        one.person_record_id as left_record_id,
        other.person_record_id as right_record_id,
        decided.decision,
        case
            when decided.decision = 'unknown' then 'unknown_decision'
            when decided.left_record = decided.right_record then 'same_record'
            when one.record_key is null or other.record_key is null
                then 'unknown_record'
            when one.tenant_id <> other.tenant_id then 'different_tenants'
            when not one.is_counted or not other.is_counted
                then 'deleted_record'
            when decided.decision = 'same' and decided.is_also_different
                then 'overruled'
            when
                decided.decision = 'same'
                and (one.is_anonymised or other.is_anonymised)
                then 'anonymised_record'
            else 'in_force'
        end as status

    from decided
    left join records as one
        on decided.left_record = one.record_key
    left join records as other
        on decided.right_record = other.record_key

),

overrides as (

    select
        *,
        status = 'in_force' as is_in_force

    from judged

)

select * from overrides
