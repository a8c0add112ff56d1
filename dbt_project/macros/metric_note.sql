{# The first note whose condition holds; null when the figure needs none. #}

{% macro metric_note(notes) %}
    case
        {% for condition, text in notes -%}
        when {{ condition }} then '{{ text }}'
        {% endfor -%}
    end
{% endmacro %}
