{# Rules of surveys that more than one model applies. #}

{# The population of who was asked or answered. By the trigger for
   transactional surveys, by the person's history at that instant for
   relationship surveys; rejected and hired candidates are never pooled. #}
{% macro survey_population(at) %}
        case
            when respondent_kind = 'client' then 'client'
            when respondent_kind = 'unknown' then 'unknown'
            when trigger = 'rejection' then 'rejected'
            when trigger like 'placement%' then 'hired'
            when survey_kind = 'transactional' then 'in_process'
            when person_id is null then 'unknown'
            when first_start_date <= cast({{ at }} as date) then 'hired'
            when first_rejected_at <= {{ at }} then 'rejected'
            else 'in_process'
        end
{%- endmacro %}

{# What a transactional survey asked about: the record the trigger is about,
   else any record that is known, else the form. Null for other surveys. #}
{% macro survey_event() %}
        case
            when survey_kind = 'relationship' then cast(null as string)
            when trigger like 'placement%'
                then coalesce(placement_id, application_id, job_id, form_id)
            when trigger = 'job_close'
                then coalesce(job_id, placement_id, application_id, form_id)
            else coalesce(application_id, placement_id, job_id, form_id)
        end
{%- endmacro %}

{# A note that tells a candidate why. Agencies name their actions freely; the
   words in them are alike. #}
{% macro is_feedback_action(column) -%}
    (
        {{ column }} like '%rejection%feedback%'
        or {{ column }} like '%interview%feedback%'
    )
{%- endmacro %}

{# How many of tallied's rows are people of the window: each person once, with
   the last of what she did in it. Needs next_month_of_person, and periods. #}
{% macro people_in_window(count) %}
        cast(
            sum(
                case
                    when
                        tallied.next_month_of_person is null
                        or tallied.next_month_of_person >= periods.period_end
                        then tallied.{{ count }}
                    else 0
                end
            ) as bigint
        )
{%- endmacro %}
