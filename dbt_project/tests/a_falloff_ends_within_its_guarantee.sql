select
    placement_id,
    is_falloff
from {{ ref('fct_placements') }}
where
    is_falloff <> coalesce(
        is_started
        and is_terminated
        and end_date <= guarantee_end_date,
        false
    )
