with

touchpoints as (

    select *

    from {{ ref('recorded_touchpoints') }}

    where is_unmapped

),

blank as (

    select
        tenant_id,
        person_id

    from {{ ref('int_people') }}

    where is_candidate and nullif(trim(candidate_source), '') is null

),

counted as (

    select
        tenant_id,
        split_part(source_entity, '.', 1) as source_system,
        raw_channel as source_value,
        count(*) as touchpoints

    from touchpoints

    group by tenant_id, split_part(source_entity, '.', 1), raw_channel

    union all

    select
        tenant_id,
        'bullhorn' as source_system,
        '(blank)' as source_value,
        count(*) as touchpoints

    from blank

    group by tenant_id

)

select
    tenant_id,
    source_system,
    source_value,
    cast(touchpoints as bigint) as touchpoints

from counted
