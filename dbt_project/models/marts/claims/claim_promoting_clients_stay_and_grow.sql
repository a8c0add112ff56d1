with

landmarks as (

    select * from {{ ref('claim_client_landmarks') }}

    where nps_band in ('promoter', 'detractor')

),

-- Clients with much business are kept more easily, whatever they feel.
units as (

    select
        tenant_id,
        'promoting_clients_stay_and_grow' as claim,
        'retention_12m' as measure,
        period,
        period_start,
        invoices_band as stratum,
        company_id as cluster_id,
        company_id as person_id,
        case when nps_band = 'promoter' then 1 else 0 end as is_side_a,
        case when is_retained then 1 else 0 end as outcome,
        1 as exposure,
        case when is_retained then 0 else 1 end as events

    from landmarks

    union all

    select
        tenant_id,
        'promoting_clients_stay_and_grow' as claim,
        'net_revenue_retention_12m' as measure,
        period,
        period_start,
        invoices_band as stratum,
        company_id as cluster_id,
        company_id as person_id,
        case when nps_band = 'promoter' then 1 else 0 end as is_side_a,
        later as outcome,
        earlier as exposure,
        cast(null as int) as events

    from landmarks

    where earlier > 0

)

select * from units
