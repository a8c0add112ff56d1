with

conversions as (

    select
        tenant_id,
        attribution_model,
        case
            when subject_kind = 'candidate' then 'referral_share'
            else 'referral_share_new_clients'
        end as metric,
        count(distinct conversion_id) as n,
        sum(case when is_referral then credit else 0 end) as referral_credit

    from {{ ref('fct_attribution') }}

    where credit > 0

    group by tenant_id, attribution_model, subject_kind

)

select
    conversions.*,
    shares.n as published_n
from conversions
left join (
    select *
    from {{ ref('metric_referral_share') }}
    where period = 'all'
) as shares
    on
        conversions.tenant_id = shares.tenant_id
        and conversions.attribution_model = shares.attribution_model
        and conversions.metric = shares.metric
where
    shares.n is null
    or shares.n <> conversions.n
    or (
        not shares.is_suppressed
        and abs(shares.numerator - cast(conversions.referral_credit as double))
        > 1e-9
    )
