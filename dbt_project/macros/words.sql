{# Words of a text, lower case, each between single blanks, one at either end:
   ' senior backend engineer '. Punctuation parts words. #}
{% macro as_words(column) -%}
    {%- set marks = '.,;:/|()&+-_#*!?' -%}
    ' ' || trim(
        replace(replace(replace(
            translate(lower({{ column }}), '{{ marks }}', '{{ " " * marks | length }}'),
            '  ', ' '), '  ', ' '), '  ', ' ')
    ) || ' '
{%- endmacro %}
