select placement_id
from {{ ref('fct_costs') }}
where cost_category = 'referral_bonuses' and placement_id is not null
group by placement_id
having
    sum(case when document_type = 'referral_fee' then 1 else 0 end) > 1
    or (
        sum(case when document_type = 'referral_fee' then 1 else 0 end) > 0
        and sum(case when document_type <> 'referral_fee' then 1 else 0 end) > 0
    )
