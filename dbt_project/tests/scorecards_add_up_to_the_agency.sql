-- Before anything is withheld: recruiters and (none) are all there is, and all
-- time holds all revenue and every started placement.
with

parts as (

    select
        tenant_id,
        metric,
        period,
        sum(case when cut_by = 'recruiter' then amount else 0 end) as of_cuts,
        sum(case when cut_by = 'all' then amount else 0 end) as of_all

    from {{ ref('recruiter_windows') }}

    group by tenant_id, metric, period

),

booked as (

    select
        tenant_id,
        'net_fee' as metric,
        sum(reporting_amount) as amount
    from {{ ref('fct_revenue') }}
    where
        document_date
        between cast('1990-01-01' as date) and {{ as_of_date() }}
    group by tenant_id
    union all
    select
        tenant_id,
        'placements' as metric,
        count(*) as amount
    from {{ ref('fct_placements') }}
    where
        is_started
        and start_date between cast('1990-01-01' as date) and {{ as_of_date() }}
    group by tenant_id

)

select
    parts.*,
    booked.amount
from parts
left join booked
    on
        parts.tenant_id = booked.tenant_id
        and parts.metric = booked.metric
where
    (
        parts.metric not like 'nps%'
        and parts.of_cuts <> parts.of_all
    )
    or (
        parts.period = 'all'
        and booked.metric is not null
        and parts.of_all <> booked.amount
    )
