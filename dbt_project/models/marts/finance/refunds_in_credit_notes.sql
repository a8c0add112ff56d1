with

categories as (

    select *

    from {{ ref('cost_category_map') }}

    where cost_category = 'revenue_refund'

),

paid_out as (

    select
        credit_note_id,
        sum(amount) as amount

    from {{ ref('int_payments') }}

    where is_posted and is_refund and credit_note_id is not null

    group by credit_note_id

),

-- What a placement's credit notes still owe the client: neither set against
-- an invoice nor paid out by a payment of the note.
owed as (

    select
        notes.tenant_id,
        notes.placement_id,
        notes.currency,
        sum(
            notes.total_amount - notes.allocated_amount
            - coalesce(paid_out.amount, 0)
        ) as owed_amount

    from {{ ref('int_credit_notes') }} as notes

    left join paid_out
        on notes.credit_note_id = paid_out.credit_note_id

    where notes.is_posted and notes.placement_id is not null

    group by notes.tenant_id, notes.placement_id, notes.currency

),

refunds as (

    select
        costs.tenant_id,
        costs.vendor_cost_id,
        costs.placement_id,
        costs.currency,
        costs.document_date,
        costs.amount + costs.tax_amount as gross_amount,
        sum(costs.amount + costs.tax_amount) over (
            partition by costs.tenant_id, costs.placement_id, costs.currency
            order by
                costs.document_date asc nulls last,
                costs.vendor_cost_id asc nulls last
            rows between unbounded preceding and current row
        ) as refunded_amount

    from {{ ref('int_vendor_costs') }} as costs

    inner join categories
        on
            costs.account_code = categories.account_code
            and split_part(costs.source_entity, '.', 1)
            = categories.source_system

    where costs.is_posted and costs.placement_id is not null

),

covered as (

    select
        refunds.tenant_id,
        refunds.vendor_cost_id,
        refunds.placement_id,
        refunds.currency,
        cast(refunds.gross_amount as decimal(18, 4)) as gross_amount

    from refunds

    inner join owed
        on
            refunds.tenant_id = owed.tenant_id
            and refunds.placement_id = owed.placement_id
            and refunds.currency = owed.currency

    where
        refunds.gross_amount > 0
        and refunds.refunded_amount <= owed.owed_amount

)

select * from covered
