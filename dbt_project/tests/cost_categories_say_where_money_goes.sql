-- Money of an account is a cost, lowers the net fee, or is outside recruiting:
-- in two of them it would count twice, in none it would be gone.
select
    source_system,
    account_code,
    cost_category,
    is_recruiting_cost
from {{ ref('cost_category_map') }}
where
    is_recruiting_cost
    = (cost_category in ('revenue_refund', 'contractor_pay', 'general'))
