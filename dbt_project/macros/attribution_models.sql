{# The models that split each conversion among its touchpoints: name -> share of
   the conversion given to the touchpoints up to and without this one, and the
   share with it, as doubles from 0 to 1. Credit is the difference of the two
   after rounding, so credits add up to exactly 1 in whatever order they are
   read: each share ends at the very number where the next begins.

   Columns are those of attribution_paths. `markov` has no split per journey and
   lives in channel_removal_effects. #}

{% macro attribution_models() %}
    {%- set number = 'cast(touch_number as double)' -%}
    {%- set touches = 'cast(touches as double)' -%}
    {# 0.4, 0.2 shared, 0.4 in whole numbers: 2 (n - 2) for each end and 1 for
       each in the middle, of 5 (n - 2). #}
    {%- set middle = '(' ~ touches ~ ' - 2e0)' -%}
    {%- set by_channel = '(cast(channel_number - 1 as double) * channel_touches'
        ~ ' + channel_touch_number' -%}
    {%- set channel_total = 'cast(channel_touches * channels as double)' -%}
    {{ return({
        'first_touch': winner_takes_all('touch_number = 1'),
        'last_touch': winner_takes_all('touch_number = touches'),
        'last_known': winner_takes_all('touch_number = known_number'),
        'referral_first': winner_takes_all(
            'case when has_referral then referral_rank = 1'
            ~ ' else touch_number = touches end'
        ),
        'linear': (
            '(' ~ number ~ ' - 1e0) / ' ~ touches,
            number ~ ' / ' ~ touches,
        ),
        'position': (
            'case when touch_number = 1 then 0e0'
            ~ ' when touches = 2 then 0.5e0'
            ~ ' else (2e0 * ' ~ middle ~ ' + ' ~ number ~ ' - 2e0)'
            ~ ' / nullif(5e0 * ' ~ middle ~ ', 0e0) end',
            'case when touch_number = touches then 1e0'
            ~ ' when touches = 2 then 0.5e0'
            ~ ' else (2e0 * ' ~ middle ~ ' + ' ~ number ~ ' - 1e0)'
            ~ ' / nullif(5e0 * ' ~ middle ~ ', 0e0) end',
        ),
        'time_decay': (
            'cast(running_weight - decay_weight as double)'
            ~ ' / cast(all_weight as double)',
            'cast(running_weight as double) / cast(all_weight as double)',
        ),
        'shapley': (
            by_channel ~ ' - 1) / ' ~ channel_total,
            by_channel ~ ') / ' ~ channel_total,
        ),
    }) }}
{% endmacro %}

{% macro winner_takes_all(condition) %}
    {{ return(
        ('0e0', 'case when ' ~ condition ~ ' then 1e0 else 0e0 end')
    ) }}
{% endmacro %}
