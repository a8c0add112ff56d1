with

conversions as (

    select * from {{ ref('conversions') }}

),

paths as (

    select
        *,
        {{ month_of('converted_date') }} as converted_month

    from {{ ref('attribution_paths') }}

),

costs as (

    select * from {{ ref('channel_month_costs') }}

),

models as (

    {% for model in attribution_models() -%}
    select '{{ model }}' as attribution_model
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

shared as (

    select
        models.attribution_model,
        paths.*,
        case
            {% for model, (before, through) in attribution_models().items() -%}
            when models.attribution_model = '{{ model }}' then {{ before }}
            {% endfor -%}
        end as share_before,
        case
            {% for model, (before, through) in attribution_models().items() -%}
            when models.attribution_model = '{{ model }}' then {{ through }}
            {% endfor -%}
        end as share_through

    from paths

    cross join models

),

credited as (

    select
        attribution_model,
        tenant_id,
        conversion_id,
        touchpoint_id,
        subject_kind,
        touch_status,
        channel,
        evidence,
        referrer_person_id,
        is_referral,
        touched_at,
        converted_date,
        converted_month,
        age_days,
        touch_number,
        touches,
        has_referral,
        has_unresolved_claim,
        coalesce(share_before, 0e0) as share_before,
        coalesce(share_through, 0e0) as share_through,
        cast(
            cast(coalesce(share_through, 0e0) as decimal(18, 12))
            - cast(coalesce(share_before, 0e0) as decimal(18, 12))
            as decimal(18, 12)
        ) as credit

    from shared

),

-- Recruiting costs are spent on candidates: client conversions carry none.
spent as (

    select
        credited.*,
        costs.loaded_cost,
        sum(credited.credit) over (
            partition by
                credited.tenant_id, credited.attribution_model,
                credited.subject_kind, credited.channel,
                credited.converted_month
            order by
                credited.conversion_id asc nulls last,
                credited.touchpoint_id asc nulls last
            rows between unbounded preceding and current row
        ) as running_credit,
        sum(credited.credit) over (
            partition by
                credited.tenant_id, credited.attribution_model,
                credited.subject_kind, credited.channel,
                credited.converted_month
        ) as channel_credit

    from credited

    left join costs
        on
            credited.tenant_id = costs.tenant_id
            and credited.channel = costs.channel
            and credited.converted_month = costs.document_month

),

attributed as (

    select

        ---------- ids
        spent.attribution_model,
        spent.conversion_id,
        spent.touchpoint_id,
        spent.tenant_id,
        conversions.placement_id,
        conversions.company_id,
        conversions.subject_id,
        spent.referrer_person_id,

        ---------- strings
        spent.subject_kind,
        spent.channel,
        spent.evidence,
        case
            when spent.touch_status = 'counted' then 'credited'
            else spent.touch_status
        end as credit_status,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        cast(spent.touch_number as int) as touch_number,
        cast(spent.touches as int) as touches,
        cast(spent.age_days as int) as age_days,
        spent.credit,
        {{ amount_between(
            'conversions.net_fee_amount',
            'spent.share_before', 'spent.share_through'
        ) }} as credited_revenue,
        case
            when spent.subject_kind = 'candidate' and spent.credit = 0
                then cast(0 as decimal(18, 4))
            when spent.subject_kind = 'candidate'
                then {{ amount_between(
                    'coalesce(spent.loaded_cost, 0)',
                    'cast(spent.running_credit - spent.credit as double)'
                    ~ ' / cast(nullif(spent.channel_credit, 0) as double)',
                    'cast(spent.running_credit as double)'
                    ~ ' / cast(nullif(spent.channel_credit, 0) as double)'
                ) }}
        end as credited_cost,

        ---------- booleans
        spent.is_referral,
        coalesce(
            spent.channel = 'unknown'
            or (not spent.has_referral and spent.has_unresolved_claim),
            false
        ) as is_referral_unknown,

        ---------- dates
        spent.converted_date,

        ---------- timestamps
        spent.touched_at

    from spent

    inner join conversions
        on
            spent.tenant_id = conversions.tenant_id
            and spent.conversion_id = conversions.conversion_id

)

select * from attributed
