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


{# Half the width of the adjusted Wald interval of NPS, in points, before it is
   clipped; the interval's centre is `nps_centre`. #}
{% macro nps_half(promoters, detractors, answers) %}
    {%- set p = '((' ~ promoters ~ ' + 0.75e0) / (' ~ answers ~ ' + 3e0))' -%}
    {%- set d = '((' ~ detractors ~ ' + 0.75e0) / (' ~ answers ~ ' + 3e0))' -%}
    100e0 * {{ z95() }} * sqrt((
        {{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }})
    ) / ({{ answers }} + 3e0))
{% endmacro %}

{% macro nps_centre(promoters, detractors, answers) -%}
    100e0 * ({{ promoters }} - {{ detractors }}) / ({{ answers }} + 3e0)
{%- endmacro %}


{# The same of a share on either side of a difference: one success and one
   failure more (Agresti and Caffo 2000). #}
{% macro share_half(successes, trials) -%}
    {%- set p = '((' ~ successes ~ ' + 1e0) / (' ~ trials ~ ' + 2e0))' -%}
    {{ z95() }} * sqrt({{ p }} * (1e0 - {{ p }}) / ({{ trials }} + 2e0))
{%- endmacro %}

{% macro share_centre(successes, trials) -%}
    ({{ successes }} + 1e0) / ({{ trials }} + 2e0)
{%- endmacro %}


{# Student's t at 97.5 % by the Cornish-Fisher series (Abramowitz and Stegun
   26.7.5): within 0.001 from four degrees of freedom. #}
{% macro t95(freedom) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set g1 = (z ** 3 + z) / 4 -%}
    {%- set g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 -%}
    {%- set g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 -%}
    {%- set g4 = (
        79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z
    ) / 92160 -%}
    {%- set v = 'nullif(cast(' ~ freedom ~ ' as double), 0e0)' -%}
    (
        {{ z95() }} + {{ g1 }} / {{ v }} + {{ g2 }} / ({{ v }} * {{ v }})
        + {{ g3 }} / ({{ v }} * {{ v }} * {{ v }})
        + {{ g4 }} / ({{ v }} * {{ v }} * {{ v }} * {{ v }})
    )
{%- endmacro %}
