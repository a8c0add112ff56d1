with

ratios as (

    select
        metric,
        period_start,
        value,
        numerator / nullif(denominator, 0e0) as expected
    from {{ ref('metric_client_retention') }}
    where value is not null
    union all
    select
        metric,
        period_start,
        value,
        numerator / nullif(denominator, 0e0) as expected
    from {{ ref('metric_earned_growth') }}
    where value is not null

),

-- The cap makes grr the smaller, and 1 the most.
capped as (

    select
        grr.metric,
        grr.period_start,
        grr.value,
        least(1e0, greatest(0e0, nrr.value)) as expected

    from {{ ref('metric_client_retention') }} as grr

    inner join {{ ref('metric_client_retention') }} as nrr
        on
            grr.tenant_id = nrr.tenant_id
            and grr.period_start = nrr.period_start
            and grr.cut_by = nrr.cut_by
            and grr.cut = nrr.cut

    where
        grr.metric = 'grr'
        and nrr.metric = 'nrr'
        and (grr.value < 0 or grr.value > nrr.value + 1e-9 or grr.value > 1)
        and not (grr.value = 0 and nrr.value < 0)

),

-- The earned growth rate is nrr plus earned new customers less one.
earned as (

    select
        growth.metric,
        growth.period_start,
        growth.value,
        nrr.value + won.value - 1e0 as expected

    from {{ ref('metric_earned_growth') }} as growth

    inner join {{ ref('metric_earned_growth') }} as won
        on
            growth.tenant_id = won.tenant_id
            and growth.period_start = won.period_start
            and growth.period = won.period

    inner join {{ ref('metric_client_retention') }} as nrr
        on
            growth.tenant_id = nrr.tenant_id
            and growth.period_start = nrr.period_start
            and growth.period = nrr.period

    where
        growth.metric = 'earned_growth_rate'
        and won.metric = 'earned_new_customers'
        and nrr.metric = 'nrr'
        and nrr.cut_by = 'all'
        and nrr.value is not null

)

select * from ratios
where expected is null or abs(value - expected) > 1e-9
union all
select * from earned
where expected is null or abs(value - expected) > 1e-9
union all
select * from capped
