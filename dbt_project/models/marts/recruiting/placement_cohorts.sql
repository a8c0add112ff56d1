{% set k = var('suppression_k') %}
{% set cuts = [
    ('all', "'all'"),
    ('referral_status', 'referral_status'),
    ('referrer_status', 'referrer_status'),
    ('job_family', 'job_family'),
    ('seniority', 'seniority'),
    ('recruiter', "coalesce(recruiter_id, 'unknown')"),
] %}
{% set bases = [
    ('started', 'true'),
    ('followed', 'not is_end_unknown'),
    ('guaranteed', 'is_guarantee_over'),
] %}
{% set series %}
tenant_id, population, basis, cut_by, cut
{%- endset %}

with

placements as (

    select * from {{ ref('placement_survival') }}

),

periods as (

    select * from {{ ref('period_months') }}

),

based as (

    {% for basis, condition in bases -%}
    select
        placements.*,
        '{{ basis }}' as basis
    from placements
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cut_out as (

    {% for cut_by, cut in cuts -%}
    select
        based.*,
        '{{ cut_by }}' as cut_by,
        {{ cut }} as cut,
        -- Who is not known cannot be told from others: each stands alone.
        coalesce(person_id, placement_id) as person
    from based
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A person counts in a window by the last placement in it.
followed_by as (

    select
        *,
        lead(start_month) over (
            partition by {{ series }}, person
            order by start_month asc nulls last, placement_id asc nulls last
        ) as next_month

    from cut_out

),

monthly as (

    select
        {{ series }},
        start_month,
        next_month,
        count(*) as placements,
        sum(case when is_end_unknown then 1 else 0 end) as unknown_ends,
        sum(case when is_guarantee_running then 1 else 0 end)
            as running_guarantees,
        sum(case when is_falloff then 1 else 0 end) as falloffs

    from followed_by

    group by {{ series }}, start_month, next_month

),

windowed as (

    select
        monthly.tenant_id,
        monthly.population,
        periods.period,
        periods.period_start,
        monthly.basis,
        monthly.cut_by,
        monthly.cut,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(monthly.placements) as bigint) as n,
        cast(sum(
            case
                when
                    monthly.next_month is null
                    or monthly.next_month >= periods.period_end
                    then monthly.placements
                else 0
            end
        ) as bigint) as people,
        cast(sum(monthly.unknown_ends) as bigint) as unknown_ends,
        cast(sum(monthly.running_guarantees) as bigint) as running_guarantees,
        cast(sum(monthly.falloffs) as bigint) as falloffs

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.start_month = periods.month_start

    where
        (
            periods.period in ('all', 'trailing_12m')
            and (periods.is_newest or monthly.cut_by <> 'recruiter')
        )
        or (
            monthly.basis <> 'followed'
            and monthly.cut_by in ('all', 'referral_status')
        )

    group by
        monthly.tenant_id, monthly.population, periods.period,
        periods.period_start, monthly.basis, monthly.cut_by, monthly.cut

),

-- So few unknown referrals that they must not be shown would take another
-- group out of sight with them: they are counted with those not referred,
-- under a name that says so, on every basis alike.
judged as (

    select
        *,
        coalesce(
            min(
                case
                    when cut_by = 'referral_status' and cut = 'unknown'
                        then people
                end
            ) over (
                partition by tenant_id, population, period, period_start
            ) < {{ k }},
            false
        ) as are_unknown_pooled

    from windowed

),

pooled as (

    select
        tenant_id,
        population,
        period,
        period_start,
        basis,
        cut_by,
        {{ pooled_referral('cut_by', 'cut', 'are_unknown_pooled') }} as cut,
        are_unknown_pooled,
        bool_and(is_finished) as is_finished,
        cast(sum(n) as bigint) as n,
        -- Somebody may stand in both, and counts twice: fewer would look like
        -- hidden people beside the whole, and take another group out of sight.
        -- Not where that alone could lift them to the floor.
        cast(
            case when max(people) < {{ k }} then max(people) else sum(people) end
            as bigint
        ) as people,
        cast(sum(unknown_ends) as bigint) as unknown_ends,
        cast(sum(running_guarantees) as bigint) as running_guarantees,
        cast(sum(falloffs) as bigint) as falloffs

    from judged

    group by
        tenant_id, population, period, period_start, basis, cut_by,
        {{ pooled_referral('cut_by', 'cut', 'are_unknown_pooled') }},
        are_unknown_pooled

)

select * from pooled
