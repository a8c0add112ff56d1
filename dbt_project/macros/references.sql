{# Names by which one system speaks of another's records. #}

{# The id in a reference such as PL-6001; null when it is anything else. #}
{% macro placement_reference(column) -%}
    nullif(regexp_extract(upper(trim({{ column }})), '^PL-([0-9]+)$', 1), '')
{%- endmacro %}

{# Survey questions answered on a scale of 1 to 5. #}
{% macro driver_refs() -%}
    {{ return([
        'communication', 'salary_transparency', 'feedback_quality', 'speed',
        'role_fit', 'understood_needs'
    ]) }}
{%- endmacro %}

{% macro rating_refs() -%}
    '{{ (driver_refs() + ["csat"]) | join("', '") }}'
{%- endmacro %}
