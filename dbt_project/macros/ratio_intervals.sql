{# Uncertainty of a ratio of two sums over units that were observed in pairs. #}

{# Standard error of sum(y) / sum(x) by linearisation (Taylor, the delta
   method): each unit's residual is y - R x, and the error is
   sqrt(n / (n - 1) * sum of their squares) / |sum(x)|. All arguments are
   doubles made from exact sums, so that no engine adds in another order.
   Null for fewer than two units, for a sum of x that is zero, and where the
   units do not differ (all residuals zero, but for what doubles lose): an
   error of zero would claim certainty that nobody has. #}
{% macro ratio_error(n, x, y, xx, xy, yy) %}
    {%- set ratio = '(' ~ y ~ ' / nullif(' ~ x ~ ', 0e0))' -%}
    {%- set squares -%}
    ({{ yy }} - 2e0 * {{ ratio }} * {{ xy }} + {{ ratio }} * {{ ratio }} * {{ xx }})
    {%- endset -%}
    case
        when
            {{ n }} >= 2
            and {{ squares }} > 1e-12 * ({{ yy }} + {{ ratio }} * {{ ratio }} * {{ xx }})
            then
                sqrt({{ squares }} * {{ n }} / nullif({{ n }} - 1e0, 0e0))
                / abs(nullif({{ x }}, 0e0))
    end
{% endmacro %}


{# The square or product of two amounts, exact: sums of it are the same in
   whatever order they are taken, which sums of doubles are not. The first is
   widened, since DuckDB multiplies two of 18 digits into 18, and by no more
   than one digit, since Spark would round what needs more than 38. #}
{% macro exact_product(a, b) -%}
    cast(
        cast({{ a }} as decimal(19, 4)) * cast({{ b }} as decimal(18, 4))
        as decimal(38, 8)
    )
{%- endmacro %}
