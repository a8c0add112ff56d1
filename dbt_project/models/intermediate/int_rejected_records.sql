-- noqa: disable=LT02
{% set staged = staged_entities() %}

with

good as (
{% for vendor, entities in staged.items() %}{% set last = loop.last %}
{% for entity in entities %}
    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        payload_sha256,
        version,
        received_at,
        reject_reason
    from {{ ref('stg_' ~ vendor ~ '__' ~ entity) }}
    {% if not (loop.last and last) %}
    union all
    {% endif %}
{%- endfor %}
{%- endfor %}
),

refused as (
{% for vendor in staged %}
    select
        tenant_id,
        source as source_relation,
        '{{ vendor }}.' || entity as source_entity,
        record_id as source_record_id,
        payload_sha256,
        {{ landed_instant('version') }} as version,
        {{ landed_instant('received_at') }} as received_at,
        reject_reason
    from {{ source(vendor, 'rejects') }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
),

ranked as (

    select
        *,
        row_number() over (
            partition by
                tenant_id,
                source_relation,
                source_entity,
                source_record_id
            order by
                version desc nulls last,
                received_at desc nulls last,
                payload_sha256 desc nulls last,
                reject_reason asc nulls last
        ) as recency

    from refused

),

newest as (

    select * from ranked

    where recency = 1

),

-- The record came again in good shape.
resolved as (

    select distinct
        newest.tenant_id,
        newest.source_relation,
        newest.source_entity,
        newest.source_record_id

    from newest
    inner join good
        on
            newest.tenant_id = good.tenant_id
            and newest.source_relation = good.source_relation
            and newest.source_entity = good.source_entity
            and newest.source_record_id = good.source_record_id

    where
        newest.version <= good.version
        or (
            (newest.version is null or good.version is null)
            and newest.received_at < good.received_at
        )

),

unresolved as (

    select
        newest.tenant_id,
        newest.source_relation,
        newest.source_entity,
        newest.source_record_id,
        newest.payload_sha256,
        newest.reject_reason as reason,
        'landing' as stage

    from newest
    left join resolved
        on
            newest.tenant_id = resolved.tenant_id
            and newest.source_relation = resolved.source_relation
            and newest.source_entity = resolved.source_entity
            and newest.source_record_id = resolved.source_record_id

    where resolved.source_record_id is null

),

unusable as (

    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        payload_sha256,
        reject_reason as reason,
        'staging' as stage

    from good

    where reject_reason is not null

),

rejected as (

    select * from unresolved
    union all
    select * from unusable

),

keyed as (

    select
        source_relation || ':' || split_part(source_entity, '.', 2) || ':'
        || source_record_id || ':' || stage as rejected_record_id,
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        payload_sha256,
        reason,
        stage

    from rejected

)

select * from keyed
