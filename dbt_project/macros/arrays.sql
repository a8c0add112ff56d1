{# A relation with one row per element of an array column, which is dropped
   nowhere: the element and its position from 1 are added. Rows with an empty
   or missing array vanish. #}
{% macro exploded(relation, array, element, position) -%}
    {{ adapter.dispatch('exploded')(relation, array, element, position) }}
{%- endmacro %}

{% macro duckdb__exploded(relation, array, element, position) -%}
    (
        select
            *,
            unnest({{ array }}) as {{ element }},
            cast(generate_subscripts({{ array }}, 1) as int) as {{ position }}
        from {{ relation }}
    )
{%- endmacro %}

{% macro spark__exploded(relation, array, element, position) -%}
    (
        select *, {{ position }}_from_0 + 1 as {{ position }}
        from {{ relation }}
        lateral view posexplode({{ array }}) as {{ position }}_from_0, {{ element }}
    )
{%- endmacro %}

{# Whether a condition on the element holds for at least one; false for none. #}
{% macro any_element(array, element, condition) -%}
    {{ adapter.dispatch('any_element')(array, element, condition) }}
{%- endmacro %}

{% macro duckdb__any_element(array, element, condition) -%}
    coalesce(
        len(list_filter({{ array }}, lambda {{ element }}: {{ condition }})) > 0,
        false
    )
{%- endmacro %}

{% macro spark__any_element(array, element, condition) -%}
    coalesce(exists({{ array }}, {{ element }} -> {{ condition }}), false)
{%- endmacro %}

{# Number of elements; 0 for null. #}
{% macro element_count(array) -%}
    {{ adapter.dispatch('element_count')(array) }}
{%- endmacro %}

{% macro duckdb__element_count(array) -%}
    coalesce(len({{ array }}), 0)
{%- endmacro %}

{% macro spark__element_count(array) -%}
    greatest(coalesce(size({{ array }}), 0), 0)
{%- endmacro %}

{# The first element that meets a condition; null when none does. #}
{% macro first_match(array, element, condition) -%}
    {{ adapter.dispatch('first_match')(array, element, condition) }}
{%- endmacro %}

{% macro duckdb__first_match(array, element, condition) -%}
    list_filter({{ array }}, lambda {{ element }}: {{ condition }})[1]
{%- endmacro %}

{% macro spark__first_match(array, element, condition) -%}
    get(filter({{ array }}, {{ element }} -> {{ condition }}), 0)
{%- endmacro %}

{# An array of the values that are not null. #}
{% macro array_of(values) -%}
    {{ adapter.dispatch('array_of')(values) }}
{%- endmacro %}

{% macro duckdb__array_of(values) -%}
    list_filter([{{ values | join(', ') }}], lambda each: each is not null)
{%- endmacro %}

{% macro spark__array_of(values) -%}
    filter(array({{ values | join(', ') }}), each -> each is not null)
{%- endmacro %}
