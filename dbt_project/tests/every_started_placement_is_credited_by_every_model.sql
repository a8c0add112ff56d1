with

credited as (

    select
        placement_id,
        count(distinct attribution_model) as models

    from {{ ref('fct_attribution') }}

    where placement_id is not null and credit > 0

    group by placement_id

)

select
    placements.placement_id,
    credited.models
from {{ ref('fct_placements') }} as placements
full outer join credited
    on placements.placement_id = credited.placement_id
where
    (
        coalesce(placements.is_started, false)
        and coalesce(credited.models, 0)
        <> {{ attribution_models() | length }}
    )
    or (not coalesce(placements.is_started, false) and credited.models > 0)
