{# 95 % intervals of the metric marts: plain arithmetic, equal on every engine. #}

{% macro z95() %}1.959963984540054{% endmacro %}


{# Adjusted Wald (Rocks 2016): three answers more, 0.75 of them promoters and
   0.75 detractors. `side` is '-' or '+'; the result is clipped to the scale. #}
{% macro nps_bound(promoters, detractors, answers, side) %}
    {%- set p = '((' ~ promoters ~ ' + 0.75e0) / (' ~ answers ~ ' + 3e0))' -%}
    {%- set d = '((' ~ detractors ~ ' + 0.75e0) / (' ~ answers ~ ' + 3e0))' -%}
    greatest(-100e0, least(100e0, 100e0 * (
        {{ p }} - {{ d }} {{ side }} {{ z95() }} * sqrt((
            {{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }})
        ) / ({{ answers }} + 3e0))
    )))
{% endmacro %}


{# Wilson score interval of a share; `successes` may be fractional credit. #}
{% macro wilson_bound(successes, trials, side) %}
    {%- set z = z95() -%}
    {%- set p = '(' ~ successes ~ ' / nullif(' ~ trials ~ ', 0e0))' -%}
    greatest(0e0, least(1e0, (
        {{ p }} + {{ z }} * {{ z }} / (2e0 * nullif({{ trials }}, 0e0))
        {{ side }} {{ z }} * sqrt(
            {{ p }} * (1e0 - {{ p }}) / nullif({{ trials }}, 0e0)
            + {{ z }} * {{ z }}
            / (4e0 * nullif({{ trials }}, 0e0) * nullif({{ trials }}, 0e0))
        )
    ) / (1e0 + {{ z }} * {{ z }} / nullif({{ trials }}, 0e0))))
{% endmacro %}
