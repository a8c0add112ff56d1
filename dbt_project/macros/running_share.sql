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

{# The part of an amount between two shares of it, from 0 to 1. Parts that meet
   at the same share add up to the amount exactly. Decimal(18,4). #}

{% macro amount_between(amount, share_before, share_through) %}
    cast(
        cast(
            cast({{ amount }} as double) * ({{ share_through }})
            as decimal(18, 4)
        ) - cast(
            cast({{ amount }} as double) * ({{ share_before }})
            as decimal(18, 4)
        ) as decimal(18, 4)
    )
{% endmacro %}
