{% set window = var('replacement_days') %}
{% set billing = var('replacement_billing_days') %}

with

placements as (

    select *

    from {{ ref('fct_placements') }}

    where is_started

),

hires as (

    select * from {{ ref('credited_hires') }}

),

costs as (

    select * from {{ ref('channel_month_costs') }}

),

returned as (

    select
        revenue.tenant_id,
        revenue.placement_id,
        revenue.document_month,
        cast(-sum(revenue.reporting_amount) as decimal(18, 4)) as amount

    from {{ ref('fct_revenue') }} as revenue

    inner join placements
        on
            revenue.tenant_id = placements.tenant_id
            and revenue.placement_id = placements.placement_id

    where
        placements.is_falloff
        and revenue.document_type in ('credit_note', 'revenue_refund')
        and not revenue.is_unconverted
        and revenue.document_date <= {{ as_of_date() }}

    group by
        revenue.tenant_id, revenue.placement_id, revenue.document_month

),

returned_by_channel as (

    select
        returned.tenant_id,
        hires.channel,
        returned.document_month as counted_month,
        returned.placement_id,
        {{ amount_between(
            'returned.amount',
            'hires.credit_through - cast(hires.credit as double)',
            'hires.credit_through'
        ) }} as refunds

    from returned

    inner join hires
        on
            returned.tenant_id = hires.tenant_id
            and returned.placement_id = hires.placement_id

),

-- No vendor says which placement replaces which: the next one on the same job,
-- of somebody else, for which no invoice was written.
candidates as (

    select
        lost.tenant_id,
        lost.placement_id,
        next_one.placement_id as replacement_id,
        row_number() over (
            partition by lost.tenant_id, lost.placement_id
            order by
                next_one.start_date asc nulls last,
                next_one.placement_id asc nulls last
        ) as replacement_rank,
        row_number() over (
            partition by next_one.tenant_id, next_one.placement_id
            order by
                lost.end_date desc nulls last,
                lost.placement_id asc nulls last
        ) as lost_rank

    from placements as lost

    inner join placements as next_one
        on
            lost.tenant_id = next_one.tenant_id
            and lost.job_id = next_one.job_id

    where
        lost.is_falloff
        and next_one.start_date >= lost.end_date
        and {{ days_between('lost.end_date', 'next_one.start_date') }}
        <= {{ window }}
        and next_one.person_id <> lost.person_id
        and next_one.gross_fee_amount = 0
        and next_one.unconverted_lines = 0
        and {{ days_between('next_one.start_date', as_of_date()) }}
        >= {{ billing }}

),

cells as (

    select
        tenant_id,
        channel,
        hired_month,
        cast(sum(credit) as double) as cell_hires

    from hires

    group by tenant_id, channel, hired_month

),

replaced_by_channel as (

    select
        candidates.tenant_id,
        hires.channel,
        hires.hired_month as counted_month,
        candidates.placement_id,
        cast(
            coalesce(cast(costs.loaded_cost as double), 0e0)
            / cells.cell_hires * cast(hires.credit as double)
            as decimal(18, 4)
        ) as replacement_work

    from candidates

    inner join hires
        on
            candidates.tenant_id = hires.tenant_id
            and candidates.replacement_id = hires.placement_id

    inner join cells
        on
            hires.tenant_id = cells.tenant_id
            and hires.channel = cells.channel
            and hires.hired_month = cells.hired_month

    left join costs
        on
            hires.tenant_id = costs.tenant_id
            and hires.channel = costs.channel
            and hires.hired_month = costs.document_month

    where candidates.replacement_rank = 1 and candidates.lost_rank = 1

),

losses as (

    select
        tenant_id,
        placement_id,
        channel,
        counted_month,
        refunds,
        cast(0 as decimal(18, 4)) as replacement_work
    from returned_by_channel
    union all
    select
        tenant_id,
        placement_id,
        channel,
        counted_month,
        cast(0 as decimal(18, 4)) as refunds,
        replacement_work
    from replaced_by_channel

),

summed as (

    select
        tenant_id,
        placement_id,
        channel,
        counted_month,
        cast(sum(refunds) as decimal(18, 4)) as refunds,
        cast(sum(replacement_work) as decimal(18, 4)) as replacement_work

    from losses

    group by tenant_id, placement_id, channel, counted_month

)

select * from summed
