{# Elapsed time. dbt.datediff counts boundaries on one engine and rounds up on
   the other below a day, hence these. Null if either end is null. #}

{# Whole days from one date to another; negative when reversed. #}
{% macro days_between(earlier, later) -%}
    {{ adapter.dispatch('days_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    cast(
        date_diff('day', cast({{ earlier }} as date), cast({{ later }} as date))
        as int
    )
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    datediff(cast({{ later }} as date), cast({{ earlier }} as date))
{%- endmacro %}

{# Hours from one instant to another as double, with fractions. #}
{% macro hours_between(earlier, later) -%}
    {{ adapter.dispatch('hours_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__hours_between(earlier, later) -%}
    (
        cast(epoch_us({{ later }}) - epoch_us({{ earlier }}) as double)
        / 3600000000
    )
{%- endmacro %}

{% macro spark__hours_between(earlier, later) -%}
    (
        cast(unix_micros({{ later }}) - unix_micros({{ earlier }}) as double)
        / 3600000000
    )
{%- endmacro %}

{# A date some days later. #}
{% macro add_days(day, days) -%}
    {{ adapter.dispatch('add_days')(day, days) }}
{%- endmacro %}

{% macro duckdb__add_days(day, days) -%}
    cast({{ day }} + cast({{ days }} as int) as date)
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as int))
{%- endmacro %}
