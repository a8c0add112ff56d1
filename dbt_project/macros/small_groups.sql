{# The display floor within one period, for marts with the columns cut and n.
   A family is the rows whose cuts add up to one whole that is shown too. #}

{# Columns to compute first: is_small, hidden_n and size_rank. Nobody (n = 0)
   is nobody to protect. #}
{% macro small_group_columns(family) %}
    {%- set k = var('suppression_k') -%}
        n > 0 and n < {{ k }} as is_small,
        sum(
            case when cut <> 'all' and n > 0 and n < {{ k }} then n else 0 end
        ) over (partition by {{ family | join(', ') }}) as hidden_n,
        row_number() over (
            partition by
                {{ family | join(', ') }},
                case when cut <> 'all' and n >= {{ k }} then 1 else 0 end
            order by n asc nulls last, cut asc nulls last
        ) as size_rank
{%- endmacro %}

{# Whether a row is withheld: it is small, or it is the smallest other cut of a
   family whose hidden cuts could be had by subtracting the rest. #}
{% macro is_withheld() %}
    {%- set k = var('suppression_k') -%}
    (
        is_small
        or (
            cut <> 'all'
            and n >= {{ k }}
            and hidden_n > 0
            and hidden_n < {{ k }}
            and size_rank = 1
        )
    )
{%- endmacro %}

{# The notes every such mart begins with. #}
{% macro small_group_notes() %}
    {%- set k = var('suppression_k') -%}
    {{ return([
        ('is_small', 'suppressed: fewer than ' ~ k),
        ('is_suppressed', 'suppressed: would reveal another cut'),
    ]) }}
{%- endmacro %}
