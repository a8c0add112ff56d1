{# Nothing is known where no answer says which event it is about. #}
{% set known = 'case when high > 0 or possibly_answered = 0 then ' %}
{% set may_be_unknown = "measure in ('followed_up_48h', 'recovered_share')" %}
{% set cell = [
    'tenant_id', 'period', 'period_start', 'audience', 'survey_kind', 'trigger',
    'population',
] %}
with

windows as (

    select
        *,
        cast(answers as double) as votes,
        cast(high_count as double) as high,
        cast(low_count as double) as low,
        cast(unknown_count as double) as unknown

    from {{ ref('nps_windows') }}

),

deliveries as (

    select * from {{ ref('survey_delivery_windows') }}

),

companies as (

    select
        *,
        deviation / sqrt(cast(n as double)) as standard_error,
        case
            when client_book > 1
                then sqrt(
                    cast(client_book - n as double)
                    / cast(client_book - 1 as double)
                )
        end as finite_factor

    from {{ ref('company_nps_windows') }}

),

hours as (

    select * from {{ ref('follow_up_hours_windows') }}

),

-- Of those asked, who never gave a score.
silent as (

    select
        windows.*,
        deliveries.asked,
        cast(deliveries.asked as double) as asked_units,
        cast(deliveries.asked as double) - windows.votes as silent_units

    from windows

    left join deliveries
        on
            deliveries.is_told
            and windows.cut_by = 'all'
            {% for column in cell %}
            and windows.{{ column }} = deliveries.{{ column }}
            {% endfor %}

    where windows.measure = 'nps'

),

unlinked as (

    select * from windows

    where measure = 'unlinked_answers'

),

occasions as (

    select
        windows.*,
        least(windows.votes - windows.high, coalesce(unlinked.votes, 0e0))
            as possibly_answered

    from windows

    left join unlinked
        on
            windows.cut_by = unlinked.cut_by
            and windows.cut = unlinked.cut
            {% for column in cell %}
            and windows.{{ column }} = unlinked.{{ column }}
            {% endfor %}

    where windows.measure = 'occasions'

),

efforts as (

    select
        *,
        cast(amount as double) / votes as mean,
        case
            when answers > 1
                then {{ t95('answers - 1') }} * sqrt(
                    cast(answers * squares - amount * amount as double)
                    / (votes * (votes - 1e0))
                ) / sqrt(votes)
        end as half_width

    from windows

    where measure = 'ces'

),

figures as (

    select
        {{ survey_figure('silent', "'nps'", {
            'value': '100e0 * (high - low) / votes',
            'numerator': 'high - low',
            'denominator': 'votes',
            'ci_low': nps_bound('high', 'low', 'votes', '-'),
            'ci_high': nps_bound('high', 'low', 'votes', '+'),
            'n': 'n',
            'promoters': 'high_count',
            'detractors': 'low_count',
            'asked': 'asked',
            'nps_low': '100e0 * (high - low - silent_units) / asked_units',
            'nps_late': 'case when silent_units = 0 then 100e0 * (high - low) / votes'
                ~ ' when late_count > 0 then (100e0 * (high - low) + silent_units'
                ~ ' * 100e0 * (late_high_count - late_low_count) / late_count)'
                ~ ' / asked_units end',
            'centre': nps_centre('high', 'low', 'votes'),
            'half_width': nps_half('high', 'low', 'votes')
        }) }}

    from silent

    union all

    select
        {{ survey_figure('companies', "'nps_by_company'", {
            'value': 'mean',
            'numerator': 'total',
            'denominator': 'n',
            'ci_low': 'case when n > 1 then greatest(-100e0, mean - '
                ~ t95('n - 1') ~ ' * standard_error) end',
            'ci_high': 'case when n > 1 then least(100e0, mean + '
                ~ t95('n - 1') ~ ' * standard_error) end',
            'n': 'n',
            'client_book': 'client_book',
            'small_companies': 'small_companies',
            'fpc_ci_low': 'case when n > 1 and finite_factor is not null then'
                ~ ' greatest(-100e0, mean - ' ~ t95('n - 1')
                ~ ' * standard_error * finite_factor) end',
            'fpc_ci_high': 'case when n > 1 and finite_factor is not null then'
                ~ ' least(100e0, mean + ' ~ t95('n - 1')
                ~ ' * standard_error * finite_factor) end',
            'centre': 'mean',
            'half_width': t95('n - 1') ~ ' * standard_error',
            'remark': "case when answers_without_company > 0"
                ~ " then 'answers without a company left out' end"
        }, "'all'", "'all'") }}

    from companies

    union all

    select
        {{ survey_figure('windows', 'measure', {
            'value': 'high / votes',
            'numerator': 'high',
            'denominator': 'votes',
            'ci_low': wilson_bound('high', 'votes', '-'),
            'ci_high': wilson_bound('high', 'votes', '+'),
            'n': 'n',
            'range_low': 'case when ' ~ may_be_unknown ~ ' then high / votes end',
            'range_high': 'case when ' ~ may_be_unknown ~ ' then (high + unknown) / votes end',
            'centre': share_centre('high', 'votes'),
            'half_width': share_half('high', 'votes'),
            'remark': 'case when ' ~ may_be_unknown ~ ' and unknown > 0'
                ~ " then 'range range_low to range_high: some are unknown' end"
        }) }}

    from windows

    where
        measure in (
            'csat', 'followed_up_48h', 'recovered_share',
            'recovered_share_answered'
        )

    union all

    select
        {{ survey_figure('efforts', "'ces'", {
            'value': 'mean',
            'numerator': 'amount',
            'denominator': 'votes',
            'ci_low': 'case when half_width is not null'
                ~ ' then greatest(1e0, mean - half_width) end',
            'ci_high': 'case when half_width is not null'
                ~ ' then least(7e0, mean + half_width) end',
            'n': 'n',
            'centre': 'mean',
            'half_width': 'half_width'
        }) }}

    from efforts

    union all

    select
        {{ survey_figure('hours', "'hours_to_follow_up'", {
            'value': 'median_hours',
            'denominator': 'answers',
            'ci_low': 'low_hours',
            'ci_high': 'high_hours',
            'n': 'n',
            'remark': "case when median_hours is null"
                ~ " then 'no median: fewer than half were followed up' end"
        }) }}

    from hours

    union all

    select
        {{ survey_figure('deliveries', "'response_rate'", {
            'value': 'case when is_told then answered / nullif(cast(delivered as double), 0e0) end',
            'numerator': 'case when is_told then answered end',
            'denominator': 'case when is_told then delivered end',
            'ci_low': 'case when is_told and delivered > 0 then '
                ~ wilson_bound('answered', 'cast(delivered as double)', '-') ~ ' end',
            'ci_high': 'case when is_told and delivered > 0 then '
                ~ wilson_bound('answered', 'cast(delivered as double)', '+') ~ ' end',
            'n': 'n',
            'centre': 'case when is_told and delivered > 0 then '
                ~ share_centre('answered', 'cast(delivered as double)') ~ ' end',
            'half_width': 'case when is_told and delivered > 0 then '
                ~ share_half('answered', 'cast(delivered as double)') ~ ' end',
            'remark': "case when not is_told then 'deliveries unknown' end"
        }, "'all'", "'all'") }}

    from deliveries

    where period in ('trailing_12m', 'all')

    union all

    select
        {{ survey_figure('occasions', "'answered_share'", {
            'value': known ~ 'high / votes end',
            'numerator': known ~ 'high end',
            'denominator': 'votes',
            'ci_low': known ~ wilson_bound('high', 'votes', '-') ~ ' end',
            'ci_high': known ~ wilson_bound('high', 'votes', '+') ~ ' end',
            'n': 'n',
            'range_low': 'high / votes',
            'range_high': '(high + possibly_answered) / votes',
            'centre': known ~ share_centre('high', 'votes') ~ ' end',
            'half_width': known ~ share_half('high', 'votes') ~ ' end',
            'remark': "case when possibly_answered > 0"
                ~ " then 'range range_low to range_high: some answers name no event' end"
        }) }}

    from occasions

    union all

    select
        {{ survey_figure('occasions', "'never_invited_share'", {
            'value': 'case when unknown = 0 then low / votes end',
            'numerator': 'case when unknown = 0 then low end',
            'denominator': 'votes',
            'ci_low': 'case when unknown = 0 then ' ~ wilson_bound('low', 'votes', '-') ~ ' end',
            'ci_high': 'case when unknown = 0 then ' ~ wilson_bound('low', 'votes', '+') ~ ' end',
            'n': 'n',
            'range_low': '(low - least(low, possibly_answered)) / votes',
            'range_high': '(low + unknown) / votes',
            'centre': 'case when unknown = 0 then ' ~ share_centre('low', 'votes') ~ ' end',
            'half_width': 'case when unknown = 0 then ' ~ share_half('low', 'votes') ~ ' end',
            'remark': "case when unknown > 0 then 'deliveries unknown' end"
        }) }}

    from occasions

    where period in ('trailing_12m', 'all')

)

select * from figures
