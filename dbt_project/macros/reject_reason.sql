{#
  Why a record cannot be used, or null: the first check that fails. A check is
  [field, column, kind], where a text that is there but does not parse fails,
  or [message, condition]. The reason names the field, never the value.
#}
{% macro reject_reason(checks) -%}
    cast(
        case
            when op = 'delete' then null
            {%- for check in checks %}
            {%- if check | length == 3 %}
            when {{ unparsed(check[1], check[2]) }}
                then '{{ check[0] }}: {{ kind_of_value(check[2]) }}'
            {%- else %}
            when {{ check[1] }} then '{{ check[0] }}'
            {%- endif %}
            {%- endfor %}
        end as string
    )
{%- endmacro %}

{% macro unparsed(column, kind) -%}
    {{ text(column) }} is not null
    and {{ {
        'number': money,
        'whole': whole,
        'flag': flag,
        'ms': utc_instant_from_ms,
        'iso': utc_instant,
    }[kind](column) }} is null
{%- endmacro %}

{% macro kind_of_value(kind) -%}
    {{ {
        'number': 'not a number',
        'whole': 'not a whole number',
        'flag': 'not true or false',
        'ms': 'not a time in milliseconds',
        'iso': 'not a time',
    }[kind] }}
{%- endmacro %}
