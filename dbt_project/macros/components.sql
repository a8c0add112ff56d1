{#
  CTEs that name the connected components of a graph. Expects a CTE
  edges(left_id, right_id) of text ids without null; ends in a CTE named by
  `name` with (node_id, component_id), where component_id is the smallest id of
  the component. Nodes without an edge are not in it.

  In each round every node takes the smallest label among its neighbours, then
  all nodes that bore one label before, and the node that gave it, take the
  smallest that any of them has found. So labels of labels are followed, and a
  line of 2^rounds - 1 edges is named in `rounds` rounds whatever the order of
  its ids. Only windows, no join: what a round reads, it reads once, and an
  engine that copies a CTE at each mention (Spark) is not punished. A component
  that needs more rounds keeps several labels, and a test shows it.
#}
{% macro connected_components(name, edges, rounds=7) -%}
{{ name }}_nodes as {{ kept_cte() }} (

    select
        node_id,
        row_number() over (order by node_id asc nulls last) as node
    from (
        select left_id as node_id from {{ edges }}
        union
        select right_id as node_id from {{ edges }}
    ) as ends

),

{{ name }}_links as {{ kept_cte() }} (

    select
        here.node as left_node,
        there.node as right_node,
        -- Below zero, apart from the keys of nodes.
        -row_number() over (
            order by here.node asc nulls last, there.node asc nulls last
        ) as link
    from {{ edges }} as edges
    inner join {{ name }}_nodes as here
        on edges.left_id = here.node_id
    inner join {{ name }}_nodes as there
        on edges.right_id = there.node_id

),

{{ name }}_0 as {{ kept_cte() }} (

    select
        left_node as node,
        link,
        left_node as label
    from {{ name }}_links
    union all
    select
        right_node as node,
        link,
        right_node as label
    from {{ name }}_links
    union all
    -- Points at the node whose label this one bears: no link, a key above 0.
    select
        node,
        node as link,
        node as label
    from {{ name }}_nodes

),
{% for round in range(1, rounds + 1) %}
{{ name }}_{{ round }} as {{ kept_cte() }} (

    select
        node,
        link,
        min(moved) over (partition by node) as label
    from (
        select
            node,
            link,
            min(found) over (
                partition by case when link > 0 then label else node end
            ) as moved
        from (
            select
                node,
                link,
                label,
                min(seen) over (partition by node) as found
            from (
                select
                    node,
                    link,
                    label,
                    min(label) over (partition by link) as seen
                from {{ name }}_{{ round - 1 }}
            ) as across_links
        ) as at_nodes
    ) as through_labels

),
{% endfor %}
{{ name }} as (

    select
        nodes.node_id,
        smallest.node_id as component_id

    from {{ name }}_{{ rounds }} as labels
    inner join {{ name }}_nodes as nodes
        on labels.node = nodes.node
    inner join {{ name }}_nodes as smallest
        on labels.label = smallest.node

    where labels.link > 0

)
{%- endmacro %}

{# DuckDB plans a CTE anew at every mention in a chain, 2^n times for n: told to
   keep it, seven rounds take 0.1 s instead of minutes. Spark has no such word. #}
{% macro kept_cte() -%}
    {{ adapter.dispatch('kept_cte')() }}
{%- endmacro %}

{% macro duckdb__kept_cte() -%}
    materialized
{%- endmacro %}

{% macro spark__kept_cte() -%}
{%- endmacro %}

{#
  Persons after the links of one strength, on top of those before: a select
  list of CTEs that ends in `joined`. Links are weighed strength by strength,
  the agency's own decisions first, the vendor's links next, then what records
  have in common. A component that would hold a contradiction gets none of the
  links of that strength: which of them is wrong is not for SQL to guess. A
  contradiction is two records declared different, or living records of one
  kind under different names that no stronger link has joined.
#}
{% macro person_components(before, strength) -%}
named_before as (

    select
        here.person_record_id,
        here.tenant_id,
        here.record_kind,
        here.component_id,
        records.full_name

    from {{ before }} as here
    inner join {{ ref('int_person_records') }} as records
        on here.person_record_id = records.person_record_id

),

edges as (

    select distinct
        here.component_id as left_id,
        there.component_id as right_id

    from {{ ref('int_person_matches') }} as matches
    inner join named_before as here
        on matches.left_unit_id = here.person_record_id
    inner join named_before as there
        on matches.right_unit_id = there.person_record_id

    where
        matches.strength = '{{ strength }}'
        and not matches.is_cut
        and here.component_id <> there.component_id

),

{{ connected_components('components', 'edges') }},

touched as (

    select
        named_before.*,
        components.component_id as would_be_id

    from named_before
    inner join components
        on named_before.component_id = components.node_id

),

contradictions as (

    select
        here.would_be_id,
        'declared_different' as reason

    from {{ ref('int_person_overrides') }} as overrides
    inner join {{ ref('int_person_units') }} as left_units
        on overrides.left_record_id = left_units.person_record_id
    inner join {{ ref('int_person_units') }} as right_units
        on overrides.right_record_id = right_units.person_record_id
    inner join touched as here
        on left_units.unit_record_id = here.person_record_id
    inner join touched as there
        on
            right_units.unit_record_id = there.person_record_id
            and here.would_be_id = there.would_be_id

    where overrides.is_in_force and overrides.decision = 'different'
    {%- if strength != 'declared' %}

    union all

    select
        would_be_id,
        'different_names' as reason

    from touched

    group by would_be_id, record_kind

    having count(distinct component_id) > 1 and count(distinct full_name) > 1
    {%- endif %}

),

refused as (

    select
        would_be_id,
        min(reason) as refusal

    from contradictions

    group by would_be_id

),

joined as (

    select
        named_before.person_record_id,
        named_before.tenant_id,
        named_before.record_kind,
        coalesce(touched.would_be_id, named_before.component_id)
            as would_be_id,
        refused.refusal,
        case
            when refused.would_be_id is null
                then coalesce(touched.would_be_id, named_before.component_id)
            else named_before.component_id
        end as component_id

    from named_before
    left join touched
        on named_before.person_record_id = touched.person_record_id
    left join refused
        on touched.would_be_id = refused.would_be_id

)
{%- endmacro %}

{# Rules of links by strength: the smaller the stronger. #}
{% macro link_rules() -%}
    {{ return(['declared_same', 'linked_record', 'same_email', 'same_phone']) }}
{%- endmacro %}

{% macro link_weight(column) -%}
    case {{ column }}
        {%- for rule in link_rules() %} when '{{ rule }}' then {{ loop.index }}
        {%- endfor %} end
{%- endmacro %}

{% macro link_rule(column) -%}
    case {{ column }}
        {%- for rule in link_rules() %} when {{ loop.index }} then '{{ rule }}'
        {%- endfor %} end
{%- endmacro %}
