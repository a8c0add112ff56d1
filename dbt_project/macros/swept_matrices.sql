{# Small square matrices, swept (Gauss-Jordan in place) on the diagonal of all
   their numbered rows by plain SQL, every matrix of a relation at once.

   `relation` has one row per matrix and matrix row: the columns of `keys` name
   the matrix, `state_number` the row: 1 to at most `size`, and 0 for the border,
   which is no pivot. `value_0` to `value_<size>` hold the row. Of
       [ A  b ]                       [ A^-1       A^-1 b     ]
       [ c  d ]  (border last)  makes [ -c A^-1    d - c A^-1 b ]
   so that one pass solves the system and leaves its inverse. Pivots are taken in
   order, unsearched: right for diagonally dominant matrices such as I - Q of an
   absorbing chain, whose pivots stay above zero. A matrix with fewer rows than
   `size` is done when its rows are. No sum is taken over rows, so the result
   does not depend on the order in which they are read. #}

{% macro swept_matrices(relation, keys, size) %}
    {%- set columns = range(size + 1) -%}
    with

    swept_0 as (

        select * from {{ relation }}

    )
    {% for step in range(1, size + 1) %}
    , pivoted_{{ step }} as (

        select
            *
            {% for column in columns -%}
            , max(case when state_number = {{ step }} then value_{{ column }} end)
                over (partition by {{ keys | join(', ') }}) as pivot_{{ column }}
            {% endfor %}

        from swept_{{ step - 1 }}

    )

    , swept_{{ step }} as {{ materialized() }} (

        select
            {{ keys | join(', ') }},
            state,
            state_number
            {% for column in columns -%}
            , case
                when pivot_{{ step }} is null then value_{{ column }}
                {% if column == step -%}
                when state_number = {{ step }}
                    then 1e0 / nullif(pivot_{{ step }}, 0e0)
                else -value_{{ step }} / nullif(pivot_{{ step }}, 0e0)
                {%- else -%}
                when state_number = {{ step }}
                    then value_{{ column }} / nullif(pivot_{{ step }}, 0e0)
                else
                    value_{{ column }}
                    - value_{{ step }} * pivot_{{ column }}
                    / nullif(pivot_{{ step }}, 0e0)
                {%- endif %}
            end as value_{{ column }}
            {% endfor %}

        from pivoted_{{ step }}

    )
    {% endfor %}

    select * from swept_{{ size }}
{% endmacro %}

{# Hint after `as` of a CTE that is to be computed once and by itself. DuckDB
   otherwise folds the steps of a sweep into one plan and spends seconds on it. #}
{% macro materialized() -%}
    {{ adapter.dispatch('materialized')() }}
{%- endmacro %}

{% macro duckdb__materialized() -%}
    materialized
{%- endmacro %}

{% macro spark__materialized() -%}
{%- endmacro %}
