{#
  Tails of the normal and of the chi-square distribution (one degree of
  freedom) by arithmetic alone: W. J. Cody, Rational Chebyshev Approximations
  for the Error Function, Mathematics of Computation 23 (1969), 631-637, with
  the coefficients of his CALERF. Relative error below 1e-13 from -6 to 26,
  beyond which the tail is below 1e-295 (tests/dbt/test_normal_tail.py).
  `x` is written many times: give a column, not an expression.
#}

{# The complement of the error function. #}
{% macro erfc(x) -%}
    {%- set y = 'abs(' ~ x ~ ')' -%}
    case
        when {{ y }} <= 0.46875e0 then 1e0 - {{ x }} * ({{ cody_ratio(
            x ~ ' * ' ~ x,
            ['1.85777706184603153e-1', '3.16112374387056560e0',
             '1.13864154151050156e2', '3.77485237685302021e2',
             '3.20937758913846947e3'],
            ['1e0', '2.36012909523441209e1', '2.44024637934444173e2',
             '1.28261652607737228e3', '2.84423683343917062e3']
        ) }})
        when {{ x }} < 0e0 then 2e0 - {{ erfc_above(y) }}
        when {{ x }} >= 0e0 then {{ erfc_above(y) }}
    end
{%- endmacro %}

{# The same for y > 0.46875. The exponent is split in two so that squaring
   loses nothing: 1/16 steps square exactly. #}
{% macro erfc_above(y) -%}
    {%- set step = '(floor(' ~ y ~ ' * 16e0) / 16e0)' -%}
    {%- set inverse = '(1e0 / (' ~ y ~ ' * ' ~ y ~ '))' -%}
    exp(-{{ step }} * {{ step }})
    * exp(-({{ y }} - {{ step }}) * ({{ y }} + {{ step }}))
    * case
        when {{ y }} <= 4e0 then {{ cody_ratio(
            y,
            ['2.15311535474403846e-8', '5.64188496988670089e-1',
             '8.88314979438837594e0', '6.61191906371416295e1',
             '2.98635138197400131e2', '8.81952221241769090e2',
             '1.71204761263407058e3', '2.05107837782607147e3',
             '1.23033935479799725e3'],
            ['1e0', '1.57449261107098347e1', '1.17693950891312499e2',
             '5.37181101862009858e2', '1.62138957456669019e3',
             '3.29079923573345963e3', '4.36261909014324716e3',
             '3.43936767414372164e3', '1.23033935480374942e3']
        ) }}
        else (5.6418958354775628695e-1 - {{ inverse }} * {{ cody_ratio(
            inverse,
            ['1.63153871373020978e-2', '3.05326634961232344e-1',
             '3.60344899949804439e-1', '1.25781726111229246e-1',
             '1.60837851487422766e-2', '6.58749161529837803e-4'],
            ['1e0', '2.56852019228982242e0', '1.87295284992346047e0',
             '5.27905102951428412e-1', '6.05183413124413191e-2',
             '2.33520497626869185e-3']
        ) }}) / {{ y }}
    end
{%- endmacro %}

{# One polynomial over another, both by Horner's rule, highest power first. #}
{% macro cody_ratio(x, above, below) -%}
    ({{ horner(x, above) }} / {{ horner(x, below) }})
{%- endmacro %}

{% macro horner(x, coefficients) -%}
    {{ '(' * (coefficients | length - 1) }}{{ coefficients[0] }}
    {%- for coefficient in coefficients[1:] %} * ({{ x }}) + {{ coefficient }})
    {%- endfor %}
{%- endmacro %}

{# P(Z > z) of a standard normal Z. `scaled` is z / sqrt(2). #}
{% macro normal_tail_of_scaled(scaled) -%}
    0.5e0 * {{ erfc(scaled) }}
{%- endmacro %}

{# P(X > x) of a chi-square X with one degree of freedom; `root` is
   sqrt(x / 2). The two-sided p of a z is the same with abs(z) / sqrt(2). #}
{% macro chi_square_tail_of_root(root) -%}
    {{ erfc(root) }}
{%- endmacro %}
