{# Never null and never twice, in one query where unique and not_null are two. #}
{% test is_key(model, column_name) %}

select
    {{ column_name }},
    count(*) as occurrences

from {{ model }}

group by {{ column_name }}

having count(*) > 1 or {{ column_name }} is null

{% endtest %}
