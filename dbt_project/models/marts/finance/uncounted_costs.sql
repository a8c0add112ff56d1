with

vendor_costs as (

    select *

    from {{ ref('int_vendor_costs') }}

    where is_posted

),

categories as (

    select * from {{ ref('cost_category_map') }}

),

in_notes as (

    select vendor_cost_id

    from {{ ref('refunds_in_credit_notes') }}

),

-- Only what is known to belong elsewhere: what no reason names must be in
-- fct_costs or fct_revenue, and reconciliation misses it if it is not.
reasoned as (

    select
        vendor_costs.vendor_cost_id,
        vendor_costs.tenant_id,
        case
            when in_notes.vendor_cost_id is not null
                then 'refund_in_credit_note'
            else 'outside_recruiting'
        end as reason,
        vendor_costs.currency,
        vendor_costs.amount

    from vendor_costs

    left join categories
        on
            vendor_costs.account_code = categories.account_code
            and split_part(vendor_costs.source_entity, '.', 1)
            = categories.source_system

    left join in_notes
        on vendor_costs.vendor_cost_id = in_notes.vendor_cost_id

    where
        in_notes.vendor_cost_id is not null
        or (
            categories.cost_category = 'general'
            and not categories.is_recruiting_cost
        )

)

select * from reasoned
