{#
  CTEs over "came by" pointers, each node with at most one parent. Unrolled by
  doubling: `rounds` rounds follow 2^rounds generations, which
  referral_trees_are_reached proves to be enough.
#}

{# The latest edge of each circle. Expects parents(node_id, parent_id,
   edge_rank), where edges rank by age; ends in `name`(edge_rank). Who is still
   on the way after all rounds goes round, and the greatest rank met on the way
   from a node of the circle is that of its latest edge. #}
{% macro cycle_edges(name, parents, rounds=6) -%}
{{ name }}_0 as {{ kept_cte() }} (

    select
        node_id,
        parent_id as ancestor_id,
        edge_rank as latest_rank
    from {{ parents }}

),
{% for round in range(1, rounds + 1) %}
{{ name }}_{{ round }} as {{ kept_cte() }} (

    select
        here.node_id,
        onward.ancestor_id,
        greatest(here.latest_rank, onward.latest_rank) as latest_rank
    from {{ name }}_{{ round - 1 }} as here
    inner join {{ name }}_{{ round - 1 }} as onward
        on here.ancestor_id = onward.node_id

),
{% endfor %}
{{ name }} as (

    select distinct on_circle.latest_rank as edge_rank

    from {{ name }}_{{ rounds }} as walks
    inner join {{ name }}_{{ rounds }} as on_circle
        on walks.ancestor_id = on_circle.node_id

)
{%- endmacro %}

{# Root of each node and generations to it; ends in `name`(node_id, root_id,
   depth). #}
{% macro tree_roots(name, parents, rounds=6) -%}
{{ name }}_0 as {{ kept_cte() }} (

    select
        node_id,
        parent_id as root_id,
        1 as depth
    from {{ parents }}

),
{% for round in range(1, rounds + 1) %}
{{ name }}_{{ round }} as {{ kept_cte() }} (

    select
        here.node_id,
        coalesce(onward.root_id, here.root_id) as root_id,
        here.depth + coalesce(onward.depth, 0) as depth
    from {{ name }}_{{ round - 1 }} as here
    left join {{ name }}_{{ round - 1 }} as onward
        on here.root_id = onward.node_id

),
{% endfor %}
{{ name }} as (

    select * from {{ name }}_{{ rounds }}

)
{%- endmacro %}
