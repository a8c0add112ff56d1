{#
  The payload as a struct. The specification is a dict of field names: a
  nested dict is a struct, a list of one element an array, 'string' a leaf.
  A field that is missing or has another shape is null. Leaves are text on
  purpose: a number that is none must make a reject, not a silent null.
#}
{% macro parse_payload(fields, column='payload') -%}
    {{ adapter.dispatch('parse_payload')(fields, column) }}
{%- endmacro %}

{% macro duckdb__parse_payload(fields, column) -%}
    from_json({{ column }}, '{{ tojson(duckdb_type(fields)) }}')
{%- endmacro %}

{% macro duckdb_type(shape) %}
    {%- if shape is mapping -%}
        {%- set members = {} -%}
        {%- for name, inner in shape.items() -%}
            {%- do members.update({name: duckdb_type(inner)}) -%}
        {%- endfor -%}
        {%- do return(members) -%}
    {%- elif shape is string -%}
        {%- do return({'string': 'VARCHAR'}[shape]) -%}
    {%- else -%}
        {%- do return([duckdb_type(shape[0])]) -%}
    {%- endif -%}
{% endmacro %}

{% macro spark__parse_payload(fields, column) -%}
    from_json({{ column }}, '{{ spark_type(fields) }}')
{%- endmacro %}

{% macro spark_type(shape) %}
    {%- if shape is mapping -%}
        {%- set members = [] -%}
        {%- for name, inner in shape.items() -%}
            {%- do members.append(name ~ ': ' ~ spark_type(inner)) -%}
        {%- endfor -%}
        {%- do return('struct<' ~ members | join(', ') ~ '>') -%}
    {%- elif shape is string -%}
        {%- do return(shape) -%}
    {%- else -%}
        {%- do return('array<' ~ spark_type(shape[0]) ~ '>') -%}
    {%- endif -%}
{% endmacro %}
