{# Which loads each staging model has taken in. The table is the orchestrator's;
   it is written in the transaction that writes the model. #}

{% macro staged_loads() -%}
    landing.staged_loads
{%- endmacro %}

{# A condition that is true for the loads this model has not yet seen. #}
{% macro in_pending_loads(vendor, entity) -%}
    {%- set pending = [] -%}
    {%- if execute -%}
        {%- set query -%}
            select distinct load_id
            from {{ source(vendor, entity) }}
            where load_id not in (
                select load_id from {{ staged_loads() }}
                where model = '{{ model.name }}'
            )
            order by load_id asc nulls last
        {%- endset -%}
        {%- set pending = run_query(query).columns[0].values() -%}
    {%- endif -%}
    {%- if pending -%}
    load_id in ('{{ pending | join("', '") }}')
    {%- else -%}
    1 = 0
    {%- endif -%}
{%- endmacro %}

{# Hook: a full refresh starts the list anew. #}
{% macro forget_staged_loads() -%}
    {%- if should_full_refresh() -%}
    delete from {{ staged_loads() }} where model = '{{ model.name }}'
    {%- endif -%}
{%- endmacro %}

{# Hook: what was pending when the model was built is staged now. The landing
   views do not change while dbt runs. #}
{% macro remember_staged_loads() -%}
    {%- if execute -%}
    {%- set landing = source(model.sources[0][0], model.sources[0][1]) -%}
    insert into {{ staged_loads() }}
    select distinct
        '{{ model.name }}' as model,
        load_id
    from {{ landing }}
    where load_id not in (
        select load_id from {{ staged_loads() }}
        where model = '{{ model.name }}'
    )
    {%- endif -%}
{%- endmacro %}
