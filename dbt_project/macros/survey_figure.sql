{# The columns of one figure of survey_figures; what is not given is null. #}
{% macro survey_figure(source, metric, given, cut_by='cut_by', cut='cut') %}
        {{ metric }} as metric,
        {% for column in ['tenant_id', 'period', 'period_start', 'audience', 'survey_kind', 'trigger', 'population'] %}
        {{ source }}.{{ column }},
        {% endfor %}
        {{ cut_by }} as cut_by,
        {{ cut }} as cut,
        {{ source }}.is_finished,
        {% for column in ['value', 'numerator', 'denominator', 'ci_low', 'ci_high'] %}
        cast({{ given.get(column, 'null') }} as double) as {{ column }},
        {% endfor %}
        cast({{ given['n'] }} as bigint) as n,
        {% for column, type in [
            ('promoters', 'bigint'), ('detractors', 'bigint'),
            ('asked', 'bigint'), ('nps_low', 'double'), ('nps_late', 'double'),
            ('range_low', 'double'), ('range_high', 'double'),
            ('client_book', 'bigint'), ('fpc_ci_low', 'double'),
            ('fpc_ci_high', 'double'), ('centre', 'double'),
            ('half_width', 'double'), ('small_companies', 'bigint'),
            ('remark', 'string'),
        ] %}
        cast({{ given.get(column, 'null') }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
{% endmacro %}
