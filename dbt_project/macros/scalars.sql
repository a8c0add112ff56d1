{# Typed values out of text leaves. Each is null when the text does not parse. #}

{# Trimmed text; the empty text is null. #}
{% macro text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# Trimmed lower-case text, for values that are compared. #}
{% macro label(column) -%}
    nullif(lower(trim({{ column }})), '')
{%- endmacro %}

{# try_cast ignores blanks around a number and makes null of none. #}
{% macro money(column) -%}
    try_cast({{ column }} as decimal(18, 4))
{%- endmacro %}

{# A whole number; 3.0 is one, 3.5 is not rounded and therefore null. #}
{% macro whole(column) -%}
    case
        when
            {{ money(column) }} = floor({{ money(column) }})
            and abs({{ money(column) }}) < 2000000000
            then cast({{ money(column) }} as int)
    end
{%- endmacro %}

{# Whether a text is anything but a whole number from one to another. #}
{% macro off_scale(column, lowest, highest) -%}
    coalesce(
        {{ money(column) }} not between {{ lowest }} and {{ highest }}
        or {{ money(column) }} <> floor({{ money(column) }}),
        true
    )
{%- endmacro %}

{# True or false; null when absent or anything else. #}
{% macro flag(column) -%}
    case lower(trim({{ column }}))
        when 'true' then true
        when '1' then true
        when 'false' then false
        when '0' then false
    end
{%- endmacro %}

{# 20 and 0.20 both mean twenty percent: Bullhorn's fields are documented
   as a percentage in one place and as a decimal in another. #}
{% macro fraction(column) -%}
    case
        when {{ money(column) }} > 1
            then cast({{ money(column) }} / 100 as decimal(18, 4))
        else {{ money(column) }}
    end
{%- endmacro %}

{# Host of a web address, lower case, without www. #}
{% macro host_of(column) -%}
    nullif(
        regexp_extract(
            lower(trim({{ column }})),
            '^(https?://)?(www[.])?([^/:?#]+)', 3
        ), ''
    )
{%- endmacro %}
