{% set k = var('suppression_k') %}

with

periods as (

    select * from {{ ref('period_months') }}

),

attribution as (

    select *

    from {{ ref('fct_attribution') }}

    where credit_status = 'credited' and credit > 0

),

monthly as (

    select
        tenant_id,
        case
            when subject_kind = 'candidate' then 'referral_share'
            else 'referral_share_new_clients'
        end as metric,
        attribution_model,
        {{ month_of('converted_date') }} as converted_month,
        count(distinct conversion_id) as conversions,
        sum(credit) as credit,
        sum(case when is_referral then credit else 0 end) as referral_credit,
        sum(
            case
                when is_referral_unknown and not is_referral then credit else 0
            end
        ) as unknown_credit

    from attribution

    group by
        tenant_id, subject_kind, attribution_model,
        {{ month_of('converted_date') }}

),

windowed as (

    select
        monthly.tenant_id,
        monthly.metric,
        periods.period,
        periods.period_start,
        monthly.attribution_model,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(monthly.conversions) as bigint) as n,
        cast(sum(monthly.credit) as double) as trials,
        cast(sum(monthly.referral_credit) as double) as known,
        cast(sum(monthly.unknown_credit) as double) as unknown

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.converted_month = periods.month_start

    group by
        monthly.tenant_id, monthly.metric, periods.period,
        periods.period_start, monthly.attribution_model

),

judged as (

    select
        *,
        n < {{ k }} as is_suppressed

    from windowed

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        attribution_model,
        case when not is_suppressed then known / nullif(trials, 0e0) end
            as value,
        case when not is_suppressed then known end as numerator,
        case when not is_suppressed then trials end as denominator,
        case when not is_suppressed then {{ wilson_bound('known', 'trials', '-') }}
        end as ci_low,
        case when not is_suppressed then {{ wilson_bound('known', 'trials', '+') }}
        end as ci_high,
        case when not is_suppressed then known / nullif(trials, 0e0) end
            as share_low,
        case
            when not is_suppressed
                then (known + unknown) / nullif(trials, 0e0)
        end as share_high,
        n,
        is_suppressed,
        {{ metric_note([
            ('is_suppressed', 'suppressed: fewer than ' ~ k),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'unknown > 0',
                'range share_low to share_high: some channels are unknown',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note

    from judged

)

select * from metric
