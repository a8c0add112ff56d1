select
    attribution.conversion_id,
    attribution.touchpoint_id
from {{ ref('fct_attribution') }} as attribution
left join {{ ref('fct_touchpoints') }} as touchpoints
    on attribution.touchpoint_id = touchpoints.touchpoint_id
left join {{ ref('dim_companies') }} as companies
    on attribution.company_id = companies.company_id
where
    (
        attribution.touchpoint_id <> '(none)'
        and touchpoints.touchpoint_id is null
    )
    or (attribution.company_id is not null and companies.company_id is null)
    or (attribution.company_id is null and attribution.placement_id is null)
