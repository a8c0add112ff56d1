{# 64 hex characters, lower case. #}
{% macro sha256_hex(expression) -%}
    {{ adapter.dispatch('sha256_hex')(expression) }}
{%- endmacro %}

{% macro duckdb__sha256_hex(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro spark__sha256_hex(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}

{# Keyed pseudonym of a natural key: who has no secret cannot try names out. #}
{% macro pseudonym(secret, natural_key) -%}
    substring(
        {{ sha256_hex(secret ~ " || '|' || " ~ natural_key) }}, 1, 32
    )
{%- endmacro %}
