{# A part's share of an amount as the difference of two rounded running totals;
   the parts of one amount add up to it exactly. Decimal(18,4). #}

{% macro running_share(amount, part, running, total) %}
    cast(
        cast(
            cast({{ amount }} as double) * {{ running }} / {{ total }}
            as decimal(18, 4)
        ) - cast(
            cast({{ amount }} as double) * ({{ running }} - {{ part }})
            / {{ total }} as decimal(18, 4)
        ) as decimal(18, 4)
    )
{% endmacro %}
