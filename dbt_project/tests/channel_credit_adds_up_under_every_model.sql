-- Credit to the number of conversions, revenue to their net fee, cost to what
-- was spent, to the last digit, in every period.
with

costs as (

    select
        costs.tenant_id,
        'candidate' as subject_kind,
        periods.period,
        periods.period_start,
        sum(costs.loaded_cost) as loaded_cost

    from {{ ref('channel_month_costs') }} as costs

    inner join {{ ref('period_months') }} as periods
        on
            costs.tenant_id = periods.tenant_id
            and costs.document_month = periods.month_start

    group by costs.tenant_id, periods.period, periods.period_start

)

select
    windowed.tenant_id,
    windowed.subject_kind,
    windowed.period,
    windowed.period_start,
    windowed.attribution_model,
    windowed.credit,
    windowed.conversions
from {{ ref('channel_credit_windows') }} as windowed
left join costs
    on
        windowed.tenant_id = costs.tenant_id
        and windowed.subject_kind = costs.subject_kind
        and windowed.period = costs.period
        and windowed.period_start = costs.period_start
where
    windowed.channel = 'all'
    and (
        windowed.credit <> windowed.conversions
        or windowed.credited_revenue <> windowed.net_fee_amount
        or (
            windowed.subject_kind = 'candidate'
            and windowed.credited_cost + windowed.uncredited_cost
            <> coalesce(costs.loaded_cost, 0)
        )
    )
