{%- set k = var('suppression_k') -%}

with

periods as (

    select * from {{ ref('period_months') }}

),

conflicts as (

    select
        *,
        {{ month_of('conflict_date') }} as conflict_month

    from {{ ref('fct_attribution_conflicts') }}

),

witnesses as (

    select * from {{ ref('conversion_witnesses') }}

),

kinds as (

    {% for kind in [
        'leakage', 'disagreement', 'competing_claims', 'self_referral',
        'after_conversion',
    ] -%}
    select '{{ kind }}' as conflict_kind
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- The money of a conversion is at stake once, however many conflicts it has.
affected as (

    select
        tenant_id,
        subject_kind,
        conflict_kind,
        conflict_month,
        conversion_id,
        count(*) as conflicts,
        max(case when conversion_id is not null then net_fee_amount end)
            as net_fee_amount,
        max(case when conversion_id is not null then bounty_amount end)
            as bounty_amount

    from conflicts

    group by
        tenant_id, subject_kind, conflict_kind, conflict_month, conversion_id

),

-- Where a witness is silent, nobody can tell whether it would disagree.
silent as (

    select
        tenant_id,
        subject_kind,
        conversion_id,
        'leakage' as conflict_kind,
        {{ month_of('converted_date') }} as conflict_month
    from witnesses
    where has_referral and coalesce(ats_channel, crm_channel) is null
    union all
    select
        tenant_id,
        subject_kind,
        conversion_id,
        'disagreement' as conflict_kind,
        {{ month_of('converted_date') }} as conflict_month
    from witnesses
    where
        case when ats_channel is null then 0 else 1 end
        + case when crm_channel is null then 0 else 1 end
        + case when survey_channel is null then 0 else 1 end < 2

),

tallied as (

    select
        tenant_id,
        subject_kind,
        conflict_kind,
        conflict_month,
        conflicts,
        case when conversion_id is not null then 1 else 0 end as affected,
        0 as silent,
        coalesce(net_fee_amount, 0) as net_fee_amount,
        coalesce(bounty_amount, 0) as bounty_amount
    from affected
    union all
    select
        tenant_id,
        subject_kind,
        conflict_kind,
        conflict_month,
        0 as conflicts,
        0 as affected,
        1 as silent,
        0 as net_fee_amount,
        0 as bounty_amount
    from silent

),

monthly as (

    select
        tenant_id,
        subject_kind,
        conflict_kind,
        conflict_month,
        sum(conflicts) as conflicts,
        sum(affected) as affected,
        sum(silent) as silent,
        sum(net_fee_amount) as net_fee_amount,
        sum(bounty_amount) as bounty_amount

    from tallied

    group by tenant_id, subject_kind, conflict_kind, conflict_month

),

windowed as (

    select
        monthly.tenant_id,
        monthly.subject_kind,
        monthly.conflict_kind,
        periods.period,
        periods.period_start,
        sum(monthly.conflicts) as conflicts,
        sum(monthly.affected) as affected,
        sum(monthly.silent) as silent,
        sum(monthly.net_fee_amount) as net_fee_amount,
        sum(monthly.bounty_amount) as bounty_amount

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.conflict_month = periods.month_start

    group by
        monthly.tenant_id, monthly.subject_kind, monthly.conflict_kind,
        periods.period, periods.period_start

),

finished as (

    select
        tenant_id,
        period,
        period_start,
        bool_and(is_finished) as is_finished

    from periods

    group by tenant_id, period, period_start

),

compared as (

    select
        totals.tenant_id,
        totals.subject_kind,
        totals.period,
        totals.period_start,
        kinds.conflict_kind,
        totals.conversions,
        finished.is_finished,
        coalesce(windowed.conflicts, 0) as conflicts,
        cast(coalesce(windowed.affected, 0) as double) as affected,
        cast(coalesce(windowed.silent, 0) as double) as silent,
        cast(totals.conversions as double) as all_conversions,
        coalesce(windowed.net_fee_amount, 0) as net_fee_amount,
        coalesce(windowed.bounty_amount, 0) as bounty_amount,
        totals.conversions < {{ k }} as is_suppressed,
        coalesce(windowed.affected, 0) between 1 and {{ k }} - 1
            as is_money_hidden

    from {{ ref('conversion_windows') }} as totals

    inner join finished
        on
            totals.tenant_id = finished.tenant_id
            and totals.period = finished.period
            and totals.period_start = finished.period_start

    cross join kinds

    left join windowed
        on
            totals.tenant_id = windowed.tenant_id
            and totals.subject_kind = windowed.subject_kind
            and totals.period = windowed.period
            and totals.period_start = windowed.period_start
            and kinds.conflict_kind = windowed.conflict_kind

    where totals.conversions > 0

),

metric as (

    select
        tenant_id,
        'conflict_share' as metric,
        period,
        period_start,
        subject_kind,
        conflict_kind,
        case when not is_suppressed then affected / all_conversions end
            as value,
        case when not is_suppressed then affected end as numerator,
        case when not is_suppressed then all_conversions end as denominator,
        case
            when not is_suppressed
                then {{ wilson_bound('affected', 'all_conversions', '-') }}
        end as ci_low,
        case
            when not is_suppressed
                then {{ wilson_bound('affected', 'all_conversions', '+') }}
        end as ci_high,
        conversions as n,
        is_suppressed,
        {{ metric_note([
            ('is_suppressed', 'suppressed: fewer than ' ~ k),
            ('conversions < 15', 'insufficient: fewer than 15'),
            (
                'silent > 0',
                'range share_low to share_high: some witnesses are silent',
            ),
            ('not is_finished', 'period not finished'),
        ]) }} as note,
        case when not is_suppressed then affected / all_conversions end
            as share_low,
        case
            when not is_suppressed then (affected + silent) / all_conversions
        end as share_high,
        case when not is_suppressed then cast(conflicts as bigint) end
            as conflicts,
        case
            when not is_suppressed and not is_money_hidden
                then cast(net_fee_amount as decimal(18, 4))
        end as net_fee_at_stake,
        case
            when
                not is_suppressed
                and not is_money_hidden
                and subject_kind = 'candidate'
                then cast(bounty_amount as decimal(18, 4))
        end as bounty_at_stake,
        '{{ var("reporting_currency") }}' as reporting_currency

    from compared

)

select * from metric
