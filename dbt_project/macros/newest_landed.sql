{#
  The newest version of each record of a landing entity, with its payload.
  Newest is by the vendor's version; at equal versions a deletion (or merge,
  or anonymisation) comes before an upsert, then the greater payload hash wins,
  so that the order of delivery never decides. For an entity without any version
  of its own, say versioned=false: then the time of arrival stands for it.

  In an incremental run only the loads not yet staged are read, by a literal
  list, so that statistics of the Parquet files keep the others closed. A row
  not newer than the one already there is dropped.
#}
{% macro newest_landed(vendor, entity, versioned=true) -%}
    {%- set incremental = is_incremental() -%}
    select
        incoming.tenant_id,
        incoming.source as source_relation,
        '{{ vendor }}.{{ entity }}' as source_entity,
        incoming.record_id as source_record_id,
        incoming.landed_version as version,
        incoming.op,
        incoming.payload,
        incoming.payload_sha256,
        incoming.landed_at as received_at

    from (
        select
            tenant_id,
            source,
            record_id,
            op,
            payload,
            payload_sha256,
            {{ landed_instant('version' if versioned else 'received_at') }}
                as landed_version,
            {{ landed_instant('received_at') }} as landed_at,
            row_number() over (
                partition by tenant_id, source, record_id
                order by
                    {{ 'version' if versioned else 'received_at' }} desc nulls last,
                    {{ op_rank('op') }} asc nulls last,
                    payload_sha256 desc nulls last,
                    op asc nulls last,
                    received_at asc nulls last
            ) as recency
        from {{ source(vendor, entity) }}
        {% if incremental -%}
        where {{ in_pending_loads(vendor, entity) }}
        {%- endif %}
    ) as incoming
    {% if incremental -%}
    left join {{ this }} as kept
        on
            incoming.tenant_id = kept.tenant_id
            and incoming.source = kept.source_relation
            and incoming.record_id = kept.source_record_id
    {%- endif %}

    where
        incoming.recency = 1
        {% if incremental -%}
        and (kept.source_record_id is null or {{ is_newer('incoming', 'kept') }})
        {%- endif %}
{%- endmacro %}

{% macro op_rank(column) -%}
    case when {{ column }} = 'upsert' then 1 else 0 end
{%- endmacro %}

{# The same order as above, between a landed row and the row of this model. #}
{% macro is_newer(incoming, kept) -%}
    {%- set i = incoming -%}
    {%- set k = kept -%}
    (
        coalesce({{ i }}.landed_version > {{ k }}.version, false)
        or ({{ i }}.landed_version is not null and {{ k }}.version is null)
        or (
            {{ i }}.landed_version is not distinct from {{ k }}.version
            and (
                {{ op_rank(i ~ '.op') }} < {{ op_rank(k ~ '.op') }}
                or (
                    {{ op_rank(i ~ '.op') }} = {{ op_rank(k ~ '.op') }}
                    and (
                        {{ i }}.payload_sha256 > {{ k }}.payload_sha256
                        or (
                            {{ i }}.payload_sha256 = {{ k }}.payload_sha256
                            and (
                                {{ i }}.op < {{ k }}.op
                                or (
                                    {{ i }}.op = {{ k }}.op
                                    and {{ i }}.landed_at < {{ k }}.received_at
                                )
                            )
                        )
                    )
                )
            )
        )
    )
{%- endmacro %}
