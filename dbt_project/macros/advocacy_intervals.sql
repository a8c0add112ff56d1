{# Rank from below of the lower end of a 95 % interval of the median, from order
   statistics alone: the greatest r with P(fewer than r of n lie below the
   median) <= 2.5 %, exact to 60 and by the normal approximation, rounded
   outwards, above. Null below 6, where no pair of ranks covers 95 %. The upper
   end is the same rank from above. #}
{% macro median_rank(n) -%}
    case
        {%- for size in range(6, 61) %}
        {%- set ns = namespace(term=1, total=1, rank=1) -%}
        {%- for k in range(1, size) -%}
            {%- set ns.term = ns.term * (size - k + 1) // k -%}
            {%- set ns.total = ns.total + ns.term -%}
            {%- if 40 * ns.total <= 2 ** size -%}
                {%- set ns.rank = k + 1 -%}
            {%- endif -%}
        {%- endfor %}
        when {{ n }} = {{ size }} then {{ ns.rank }}
        {%- endfor %}
        when {{ n }} > 60
            then
                cast(
                    floor({{ n }} / 2e0 - {{ z95() }} * sqrt({{ n }}) / 2e0)
                    as bigint
                )
    end
{%- endmacro %}

{# Score interval of a mean count per person: counts scatter more than chance
   where few people refer many, so its variance is the mean times the
   dispersion seen, at least 1 (Poisson). Solves (count - n m)^2 = z^2 d n m
   for m; not empty at a count of 0. #}
{% macro mean_count_bound(total, squared, people, side) %}
    {%- set mean = '(' ~ total ~ ' / nullif(' ~ people ~ ', 0e0))' -%}
    {%- set variance = '((' ~ squared ~ ' - ' ~ total ~ ' * ' ~ mean
        ~ ') / nullif(' ~ people ~ ' - 1e0, 0e0))' -%}
    {%- set dispersion = 'greatest(1e0, coalesce(' ~ variance ~ ' / nullif('
        ~ mean ~ ', 0e0), 1e0))' -%}
    {%- set zz = z95() ~ ' * ' ~ z95() ~ ' * ' ~ dispersion -%}
    greatest(0e0, (
        {{ total }} + {{ zz }} / 2e0
        {{ side }} sqrt({{ zz }} * {{ total }} + {{ zz }} * {{ zz }} / 4e0)
    ) / nullif({{ people }}, 0e0))
{% endmacro %}
