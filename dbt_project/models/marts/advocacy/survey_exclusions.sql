with

contexts as (

    select * from {{ ref('int_survey_responses') }}

),

named as (

    select
        tenant_id,
        form_id,
        case
            when is_nps_scale and has_score_given then 'score_off_scale'
            when is_nps_scale then 'score_blank'
            when is_other_scale_as_nps then 'other_scale_sent_as_nps'
            when csat_score is not null then 'csat_only'
            when ces_score is not null then 'ces_only'
            else 'no_0_to_10_question'
        end as reason

    from contexts

    where not (is_nps_scale and score is not null)

)

select
    tenant_id,
    form_id,
    reason,
    cast(count(*) as bigint) as answers

from named

group by tenant_id, form_id, reason
