{# Seeded resampling: a weight is a number of draws that follows from a key and
   nothing else, so that every engine and every order of rows draws alike. #}

{# The number of times a unit is drawn in a Poisson bootstrap: a Poisson count
   of mean 1 by its inverse distribution function. `hash` is a text of 64 lower
   case hex digits, `place` (from 0) says which eight of them are the uniform.
   Texts of equal length compare as the numbers they write: bound n is
   2^32 times P(count <= n), rounded. #}
{% macro poisson_weight(hash, place) -%}
    {%- set digits = 'substring(' ~ hash ~ ', ' ~ (8 * place + 1) ~ ', 8)' -%}
    {%- set bounds = [
        '5e2d58d9', 'bc5ab1b1', 'eb715e1e', 'fb239797', 'ff1025f6', 'ffd90f3c',
        'fffa8b72', 'ffff540c', 'ffffed1f', 'fffffe21', 'ffffffd5', 'fffffffc',
    ] -%}
    case
        {% for bound in bounds -%}
        when {{ digits }} < '{{ bound }}' then {{ loop.index0 }}
        {% endfor -%}
        else {{ bounds | length }}
    end
{%- endmacro %}
