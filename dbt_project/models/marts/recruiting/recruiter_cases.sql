with

placements as (

    select *

    from {{ ref('fct_placements') }}

    where is_started

),

revenue as (

    select
        revenue.tenant_id,
        placements.recruiter_id,
        revenue.placement_id,
        revenue.document_date,
        sum(revenue.reporting_amount) as amount

    from {{ ref('fct_revenue') }} as revenue

    left join {{ ref('fct_placements') }} as placements
        on
            revenue.tenant_id = placements.tenant_id
            and revenue.placement_id = placements.placement_id

    group by
        revenue.tenant_id, placements.recruiter_id, revenue.placement_id,
        revenue.document_date

),

-- The agency's latest placement of the referrer before the referral.
referrals as (

    select
        attribution.tenant_id,
        attribution.conversion_id,
        attribution.converted_date,
        placements.recruiter_id,
        row_number() over (
            partition by attribution.tenant_id, attribution.conversion_id
            order by
                placements.start_date desc nulls last,
                placements.placement_id desc nulls last
        ) as placement_rank

    from {{ ref('fct_attribution') }} as attribution

    inner join placements
        on
            attribution.tenant_id = placements.tenant_id
            and attribution.referrer_person_id = placements.person_id

    where
        attribution.attribution_model = 'referral_first'
        and attribution.credit > 0
        and attribution.is_referral
        and placements.start_date <= cast(attribution.touched_at as date)

),

cases as (

    select
        'placements' as metric,
        tenant_id,
        recruiter_id,
        placement_id as unit_id,
        start_date as counted_date,
        cast(1 as decimal(18, 4)) as amount,
        true as is_known
    from placements

    union all

    select
        'net_fee' as metric,
        tenant_id,
        recruiter_id,
        placement_id as unit_id,
        document_date as counted_date,
        cast(amount as decimal(18, 4)) as amount,
        true as is_known
    from revenue

    union all

    select
        'referrals_generated' as metric,
        tenant_id,
        recruiter_id,
        conversion_id as unit_id,
        converted_date as counted_date,
        cast(1 as decimal(18, 4)) as amount,
        true as is_known
    from referrals
    where placement_rank = 1

    union all

    select
        'closed_loop_rate' as metric,
        tenant_id,
        recruiter_id,
        response_id as unit_id,
        submitted_date as counted_date,
        cast(
            case when is_followed_up_48h then 1 else 0 end as decimal(18, 4)
        ) as amount,
        person_id is not null as is_known
    from {{ ref('fct_survey_responses') }}
    where band = 'detractor' and is_follow_up_due

    union all

    -- Neither accepted nor turned down yet is unknown, and may become either:
    -- as in metric_hiring.
    select
        'offer_acceptance' as metric,
        tenant_id,
        recruiter_id,
        application_id as unit_id,
        cast(offered_at as date) as counted_date,
        cast(
            case when is_accepted then 1 else 0 end as decimal(18, 4)
        ) as amount,
        is_accepted or outcome <> 'open' as is_known
    from {{ ref('fct_applications') }}
    where is_offered

)

select
    metric,
    tenant_id,
    coalesce(recruiter_id, '(none)') as recruiter_id,
    unit_id,
    counted_date,
    amount,
    is_known

from cases

where counted_date <= {{ as_of_date() }}
