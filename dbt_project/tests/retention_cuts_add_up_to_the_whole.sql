with

sums as (

    select
        tenant_id,
        population,
        period,
        period_start,
        basis,
        cut_by,
        sum(n) as n,
        sum(falloffs) as falloffs

    from {{ ref('placement_cohorts') }}

    group by tenant_id, population, period, period_start, basis, cut_by

)

select
    tenant_id,
    population,
    period,
    period_start,
    basis

from sums

group by tenant_id, population, period, period_start, basis

having min(n) <> max(n) or min(falloffs) <> max(falloffs)
