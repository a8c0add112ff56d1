{# A table in one statement, in the place of dbt-duckdb's: that one makes another
   table, renames both, and asks the catalogue for indexes and foreign keys,
   of which there are none here: eight statements a model. DuckDB replaces a
   table as a whole or not at all. The statement is all that is done, so that
   it can be repeated (orchestration/dbt_runners.py). #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}

    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if existing is not none and not existing.is_table -%}
        {% do adapter.drop_relation(existing) %}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {% call statement('main') %}
            create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
            insert into {{ target }} {{ get_column_names() }} (
                {{ get_select_subquery(sql) }}
            )
        {% endcall %}
    {% else %}
        {% call statement('main') %}
            create or replace table {{ target }} as (
                {{ sql }}
            )
        {% endcall %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}

{% endmaterialization %}
