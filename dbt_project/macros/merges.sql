{#
  CTEs that follow "merged into" pointers to the last record. Expects a CTE
  merged(record_id, merged_into_id) with unique record ids; ends in a CTE named
  by `name` with (record_id, survivor_id). Each step doubles the reach, so five
  steps follow 32 merges; a circle never ends and keeps pointing into itself,
  which the caller sees because the survivor is itself merged away.
#}
{% macro followed_merges(name, merged, steps=5) -%}
    {%- for step in range(1, steps + 1) %}
    {%- set before = merged if step == 1 else name ~ '_' ~ (step - 1) %}
    {%- set earlier = 'merged_into_id' if step == 1 else 'survivor_id' %}
{{ name if step == steps else name ~ '_' ~ step }} as (

    select
        here.record_id,
        coalesce(onward.{{ earlier }}, here.{{ earlier }}) as survivor_id

    from {{ before }} as here
    left join {{ before }} as onward
        on here.{{ earlier }} = onward.record_id

)
    {%- if step < steps %},
{% endif %}
    {%- endfor %}
{%- endmacro %}
