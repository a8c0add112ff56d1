{# Columns that many models share, so that they are spelled once. #}

{# What a staging model keeps of the envelope. version, op and received_at are
   there to tell whether a later delivery is newer. #}
{% macro envelope_columns() -%}
    tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        payload_sha256,
        op,
        version,
        received_at
{%- endmacro %}

{# What every row of the agency model carries, so that it can be followed back. #}
{% macro provenance(relation) -%}
    {{ relation }}.tenant_id,
        {{ relation }}.source_relation,
        {{ relation }}.source_entity,
        {{ relation }}.source_record_id,
        {{ relation }}.payload_sha256
{%- endmacro %}

{# The key of a record: unique among accounts. Null for a null id. #}
{% macro record_key(id, relation=none) -%}
    {{ relation ~ '.' if relation }}source_relation || ':' || {{ id }}
{%- endmacro %}

{# Rows of a staging model that the agency model may use. #}
{% macro usable(relation=none) -%}
    {{ relation ~ '.' if relation }}reject_reason is null
    and not {{ relation ~ '.' if relation }}is_deleted
{%- endmacro %}

{# Deleted at the source, whatever way it was said. #}
{% macro deleted_at_source(column=none) -%}
    (
        op = 'delete'
        {%- if column %}
        or coalesce({{ flag(column) }}, false)
        {%- endif %}
    )
{%- endmacro %}
