select
    attribution_model,
    conversion_id,
    touchpoint_id,
    age_days
from {{ ref('fct_attribution') }}
where
    credit > 0
    and touchpoint_id <> '(none)'
    and (
        credit_status <> 'credited'
        or age_days < 0
        or age_days > case
            when subject_kind = 'candidate'
                then {{ var('candidate_look_back_days') }}
            else {{ var('client_look_back_days') }}
        end
    )
