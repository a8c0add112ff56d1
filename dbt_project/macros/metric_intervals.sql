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


{# Student's t at 97.5 %: exact to 60 degrees of freedom, above by the
   Cornish-Fisher series (Abramowitz and Stegun 26.7.5), within 1e-9. The series
   alone is 11 % too short at one degree of freedom. #}
{% macro t95(freedom) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set g1 = (z ** 3 + z) / 4 -%}
    {%- set g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 -%}
    {%- set g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 -%}
    {%- set g4 = (
        79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z
    ) / 92160 -%}
    {%- set v = 'cast(' ~ freedom ~ ' as double)' -%}
    {%- set exact = [
        12.706204736175, 4.302652729749, 3.182446305284, 2.776445105198,
        2.570581835636, 2.446911851145, 2.364624251593, 2.306004135204,
        2.262157162798, 2.228138851986, 2.200985160092, 2.178812829667,
        2.160368656463, 2.144786687918, 2.13144954556, 2.119905299221,
        2.109815577833, 2.100922040241, 2.093024054408, 2.085963447266,
        2.079613844728, 2.073873067904, 2.068657610419, 2.063898561628,
        2.059538552753, 2.055529438643, 2.05183051648, 2.048407141795,
        2.045229642133, 2.042272456301, 2.039513446396, 2.03693334346,
        2.034515297449, 2.032244509318, 2.03010792825, 2.02809400098,
        2.026192463029, 2.024394163912, 2.022690920037, 2.021075390306,
        2.019540970441, 2.018081702818, 2.016692199228, 2.015367574444,
        2.014103388881, 2.012895598919, 2.01174051373, 2.010634757624,
        2.009575237129, 2.008559112101, 2.007583770316, 2.006646805062,
        2.005745995318, 2.004879288188, 2.004044783289, 2.003240718848,
        2.002465459291, 2.001717484145, 2.000995378088, 2.000297822014
    ] -%}
    case
        {%- for quantile in exact %}
        when {{ freedom }} = {{ loop.index }} then {{ quantile }}e0
        {%- endfor %}
        when {{ freedom }} > {{ exact | length }}
            then
                {{ z }}e0 + {{ g1 }} / {{ v }} + {{ g2 }} / ({{ v }} * {{ v }})
                + {{ g3 }} / ({{ v }} * {{ v }} * {{ v }})
                + {{ g4 }} / ({{ v }} * {{ v }} * {{ v }} * {{ v }})
    end
{%- endmacro %}
