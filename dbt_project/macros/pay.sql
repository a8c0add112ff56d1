{# How often a unit of pay fits into a working year; null for an unknown unit.
   Hours and days are assumptions: 52 weeks of 5 days and 37.5 hours. #}
{% macro units_per_year(unit) -%}
    case {{ unit }}
        when 'year' then 1
        when 'month' then 12
        when 'week' then 52
        when 'day' then {{ var('work_days_per_year') }}
        when 'hour' then {{ var('work_hours_per_year') }}
    end
{%- endmacro %}
