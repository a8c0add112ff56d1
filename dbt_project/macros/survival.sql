{# Survival analysis in whole days, as the retention marts need it. #}

{# Retention is followed for so many days; what happens later is not looked at. #}
{% macro last_followed_day() %}365{% endmacro %}

{# Sums of doubles depend on the order in which an engine adds; sums of
   decimals do not. 20 places lose nothing that a double holds near 1. #}
{% macro summable(expression) -%}
    cast({{ expression }} as decimal(38, 20))
{%- endmacro %}

{# 95 % interval of a Kaplan-Meier estimate on the log-log scale. `hazard` is
   -ln of the estimate, `greenwood` the sum of d / (n (n - d)). `side` is '-'
   or '+'. Null at estimates of 1 and 0, where the scale ends. #}
{% macro log_log_bound(hazard, greenwood, side) -%}
    case when {{ hazard }} > 0e0 then exp(-exp(
        ln({{ hazard }}) {{ '+' if side == '-' else '-' }} {{ z95() }}
        * sqrt({{ greenwood }}) / {{ hazard }}
    )) end
{%- endmacro %}

{# Unknown and not referred as one group, where the unknown are too few. #}
{% macro pooled_referral(cut_by, cut, are_pooled) -%}
    case
        when
            {{ are_pooled }}
            and {{ cut_by }} in ('referral_status', 'referrer_status')
            and {{ cut }} in ('not_referred', 'unknown')
            then 'not_referred_or_unknown'
        else {{ cut }}
    end
{%- endmacro %}
