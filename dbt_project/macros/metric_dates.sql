{# Months, as the metric marts need them. #}

{# First day of the month of a date or instant. #}
{% macro month_of(value) -%}
    cast(date_trunc('month', {{ value }}) as date)
{%- endmacro %}

{# The same day so many months later; negative is earlier. #}
{% macro months_later(value, months) -%}
    {{ adapter.dispatch('months_later')(value, months) }}
{%- endmacro %}

{% macro duckdb__months_later(value, months) -%}
    cast({{ value }} + to_months(cast({{ months }} as int)) as date)
{%- endmacro %}

{% macro spark__months_later(value, months) -%}
    add_months({{ value }}, cast({{ months }} as int))
{%- endmacro %}

{# A relation with one row per month between two first days, both included:
   month_start. #}
{% macro month_spine(first, last) -%}
    {{ adapter.dispatch('month_spine')(first, last) }}
{%- endmacro %}

{% macro duckdb__month_spine(first, last) -%}
    (
        select cast(
            unnest(generate_series({{ first }}, {{ last }}, to_months(1)))
            as date
        ) as month_start
    )
{%- endmacro %}

{% macro spark__month_spine(first, last) -%}
    (
        select explode(
            sequence({{ first }}, {{ last }}, interval 1 month)
        ) as month_start
    )
{%- endmacro %}

{# The same by days: date_day. #}
{% macro day_spine(first, last) -%}
    {{ adapter.dispatch('day_spine')(first, last) }}
{%- endmacro %}

{% macro duckdb__day_spine(first, last) -%}
    (
        select cast(
            unnest(generate_series({{ first }}, {{ last }}, to_days(1)))
            as date
        ) as date_day
    )
{%- endmacro %}

{% macro spark__day_spine(first, last) -%}
    (
        select explode(
            sequence({{ first }}, {{ last }}, interval 1 day)
        ) as date_day
    )
{%- endmacro %}
