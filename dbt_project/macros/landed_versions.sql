{#
  Every version of each record of a landing entity, one row per version; of two
  payloads with one version the same wins as in newest_landed. Records without
  a version have no history and are left out. Incremental in the same way.
#}
{% macro landed_versions(vendor, entity) -%}
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
            {{ landed_instant('version') }} as landed_version,
            {{ landed_instant('received_at') }} as landed_at,
            row_number() over (
                partition by tenant_id, source, record_id, version
                order by
                    {{ op_rank('op') }} asc nulls last,
                    payload_sha256 desc nulls last,
                    op asc nulls last,
                    received_at asc nulls last
            ) as recency
        from {{ source(vendor, entity) }}
        where
            version is not null
            {% if incremental -%}
            and {{ in_pending_loads(vendor, entity) }}
            {%- endif %}
    ) as incoming
    {% if incremental -%}
    left join {{ this }} as kept
        on
            incoming.tenant_id = kept.tenant_id
            and incoming.source = kept.source_relation
            and incoming.record_id = kept.source_record_id
            and incoming.landed_version = kept.version
    {%- endif %}

    where
        incoming.recency = 1
        {% if incremental -%}
        and (kept.source_record_id is null or {{ is_newer('incoming', 'kept') }})
        {%- endif %}
{%- endmacro %}
