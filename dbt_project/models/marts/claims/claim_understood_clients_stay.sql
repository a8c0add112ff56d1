with

landmarks as (

    select * from {{ ref('claim_client_landmarks') }}

    where understood in ('understood', 'not_understood')

),

-- Who feels understood mostly promotes as well: within a band, only the one
-- differs.
units as (

    select
        tenant_id,
        'understood_clients_stay' as claim,
        'retention_12m' as measure,
        period,
        period_start,
        nps_band as stratum,
        company_id as cluster_id,
        company_id as person_id,
        case when understood = 'understood' then 1 else 0 end as is_side_a,
        case when is_retained then 1 else 0 end as outcome,
        1 as exposure,
        case when is_retained then 0 else 1 end as events

    from landmarks

)

select * from units
