with

revenue as (

    select
        placement_id,
        sum(reporting_amount) as net_fee_amount

    from {{ ref('fct_revenue') }}

    where placement_id is not null

    group by placement_id

)

select placements.placement_id
from {{ ref('fct_placements') }} as placements
left join revenue
    on placements.placement_id = revenue.placement_id
where
    placements.net_fee_amount
    <> placements.gross_fee_amount + placements.deducted_amount
    or placements.net_fee_amount <> coalesce(revenue.net_fee_amount, 0)
