{# Instants are timestamps that hold UTC; both engines run with zone UTC. #}

{# From text in ISO 8601, with or without an offset (none means UTC). #}
{% macro utc_instant(column) -%}
    {{ adapter.dispatch('utc_instant')(column) }}
{%- endmacro %}

{% macro duckdb__utc_instant(column) -%}
    cast(try_cast({{ column }} as timestamptz) as timestamp)
{%- endmacro %}

{% macro spark__utc_instant(column) -%}
    try_cast({{ column }} as timestamp)
{%- endmacro %}

{# From milliseconds since 1970 in text, as Bullhorn sends them. #}
{% macro utc_instant_from_ms(column) -%}
    {{ adapter.dispatch('utc_instant_from_ms')(column) }}
{%- endmacro %}

{% macro duckdb__utc_instant_from_ms(column) -%}
    epoch_ms(try_cast({{ text(column) }} as bigint))
{%- endmacro %}

{% macro spark__utc_instant_from_ms(column) -%}
    timestamp_millis(try_cast({{ text(column) }} as bigint))
{%- endmacro %}

{# From Xero's /Date(1777034752825+0000)/; the offset is always zero. #}
{% macro utc_instant_from_xero(column) -%}
    {{ utc_instant_from_ms(
        "regexp_extract(" ~ column ~ ", '[(](-?[0-9]+)', 1)"
    ) }}
{%- endmacro %}

{# A plain date: of DateString, else of /Date(ms)/, which is midnight UTC. #}
{% macro xero_date(date_string, date_ms) -%}
    coalesce(
        try_cast(substring({{ date_string }}, 1, 10) as date),
        cast({{ utc_instant_from_xero(date_ms) }} as date)
    )
{%- endmacro %}

{# The calendar day of an instant where the agency sits. #}
{% macro agency_date(column) -%}
    {{ adapter.dispatch('agency_date')(column) }}
{%- endmacro %}

{% macro duckdb__agency_date(column) -%}
    {%- if var('agency_timezone') == 'UTC' -%}
    cast({{ column }} as date)
    {%- else -%}
    cast(
        timezone('{{ var("agency_timezone") }}', timezone('UTC', {{ column }}))
        as date
    )
    {%- endif -%}
{%- endmacro %}

{% macro spark__agency_date(column) -%}
    cast(from_utc_timestamp({{ column }}, '{{ var("agency_timezone") }}') as date)
{%- endmacro %}

{# A landing timestamp (with zone on DuckDB) as an instant. #}
{% macro landed_instant(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}

{# The day all figures are made for. #}
{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}
