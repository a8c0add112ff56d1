select placements.placement_id
from {{ ref('fct_placements') }} as placements
left join {{ ref('dim_people') }} as people
    on placements.person_id = people.person_id
left join {{ ref('dim_companies') }} as companies
    on placements.company_id = companies.company_id
where
    (placements.person_id is not null and people.person_id is null)
    or (placements.company_id is not null and companies.company_id is null)
