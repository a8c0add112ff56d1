with

periods as (

    select *

    from {{ ref('period_months') }}

    where period in ('trailing_12m', 'all')

),

hires as (

    select * from {{ ref('credited_hires') }}

),

billed as (

    select
        tenant_id,
        placement_id,
        -- Money that names no placement rests on its document.
        coalesce(placement_id, document_id) as billed_id,
        document_month,
        cast(sum(reporting_amount) as decimal(18, 4)) as amount

    from {{ ref('fct_revenue') }}

    where not is_unconverted and document_date <= {{ as_of_date() }}

    group by
        tenant_id, placement_id, coalesce(placement_id, document_id),
        document_month

),

-- Income without a started placement belongs to no channel that is known.
shared as (

    select
        billed.tenant_id,
        billed.billed_id,
        billed.document_month,
        coalesce(hires.channel, 'unknown') as channel,
        case
            when hires.placement_id is null then billed.amount
            else {{ amount_between(
                'billed.amount',
                'hires.credit_through - cast(hires.credit as double)',
                'hires.credit_through'
            ) }}
        end as amount

    from billed

    left join hires
        on
            billed.tenant_id = hires.tenant_id
            and billed.placement_id = hires.placement_id

),

cut_income as (

    select
        tenant_id,
        billed_id,
        document_month,
        channel as cut,
        amount
    from shared
    union all
    select
        tenant_id,
        billed_id,
        document_month,
        'all' as cut,
        amount
    from billed

),

by_placement as (

    select
        cut_income.tenant_id,
        periods.period,
        periods.period_start,
        cut_income.cut,
        cut_income.billed_id,
        cast(sum(cut_income.amount) as decimal(18, 4)) as amount

    from cut_income

    inner join periods
        on
            cut_income.tenant_id = periods.tenant_id
            and cut_income.document_month = periods.month_start

    group by
        cut_income.tenant_id, periods.period, periods.period_start,
        cut_income.cut, cut_income.billed_id

),

windowed as (

    select
        tenant_id,
        period,
        period_start,
        cut as channel,
        cast(sum(amount) as decimal(18, 4)) as net_fee_income,
        cast(sum(cast(
            cast(amount as double) * cast(amount as double) as decimal(38, 4)
        )) as double) as net_fee_squares,
        cast(count(*) as bigint) as billed_placements

    from by_placement

    group by tenant_id, period, period_start, cut

)

select * from windowed
