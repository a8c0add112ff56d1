select
    tenant_id,
    subject_kind,
    conversion_id

from {{ ref('referral_edges') }}

where is_settled and conversion_id is not null

group by tenant_id, subject_kind, conversion_id

having count(*) > 1
