with

windows as (

    select * from {{ ref('scorecard_windows') }}

),

votes as (

    select
        tenant_id,
        case population
            when 'hired' then 'nps_hired_candidates'
            when 'rejected' then 'nps_rejected_candidates'
            when 'client' then 'nps_clients'
        end as metric,
        coalesce(recruiter_id, '(none)') as recruiter_id,
        respondent_key,
        response_id,
        band,
        submitted_date,
        submitted_at

    from {{ ref('fct_survey_responses') }}

    where
        (population in ('hired', 'rejected') and survey_kind = 'transactional')
        or (population = 'client' and survey_kind = 'relationship')

),

-- One vote per person and window, the latest.
ranked_votes as (

    {% for cut_by, cut in [('all', "'all'"), ('recruiter', 'recruiter_id')] -%}
    select
        votes.tenant_id,
        votes.metric,
        windows.period,
        windows.period_start,
        '{{ cut_by }}' as cut_by,
        {{ 'votes.' if cut_by == 'recruiter' }}{{ cut }} as cut,
        votes.band,
        row_number() over (
            partition by
                votes.tenant_id, votes.metric, windows.period,
                {{ 'votes.recruiter_id,' if cut_by == 'recruiter' }}
                votes.respondent_key
            order by
                votes.submitted_at desc nulls last,
                votes.response_id desc nulls last
        ) as vote_rank
    from votes
    inner join windows
        on votes.tenant_id = windows.tenant_id
    where
        votes.submitted_date >= windows.period_start
        and votes.submitted_date < windows.period_end
        and votes.submitted_date <= {{ as_of_date() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

scores as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        cut_by,
        cut,
        count(*) as n,
        cast(0 as decimal(18, 4)) as amount,
        cast(0 as bigint) as unknown_cases,
        sum(case when band = 'promoter' then 1 else 0 end) as promoters,
        sum(case when band = 'detractor' then 1 else 0 end) as detractors,
        cast(null as double) as hours,
        cast(null as double) as hours_low,
        cast(null as double) as hours_high

    from ranked_votes

    where vote_rank = 1

    group by tenant_id, metric, period, period_start, cut_by, cut

),

tallies as (

    {% for cut_by, cut in [('all', "'all'"), ('recruiter', 'recruiter_id')] -%}
    select
        cases.tenant_id,
        cases.metric,
        windows.period,
        windows.period_start,
        '{{ cut_by }}' as cut_by,
        {{ 'cases.' if cut_by == 'recruiter' }}{{ cut }} as cut,
        count(distinct cases.unit_id) as n,
        sum(cases.amount) as amount,
        sum(case when cases.is_known then 0 else 1 end) as unknown_cases,
        0 as promoters,
        0 as detractors,
        cast(null as double) as hours,
        cast(null as double) as hours_low,
        cast(null as double) as hours_high
    from {{ ref('recruiter_cases') }} as cases
    inner join windows
        on cases.tenant_id = windows.tenant_id
    where
        cases.counted_date >= windows.period_start
        and cases.counted_date < windows.period_end
    group by
        cases.tenant_id, cases.metric, windows.period, windows.period_start
        {{- ', cases.recruiter_id' if cut_by == 'recruiter' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked_times as (

    {% for cut_by, cut in [('all', "'all'"), ('recruiter', 'recruiter_id')] -%}
    select
        times.tenant_id,
        windows.period,
        windows.period_start,
        '{{ cut_by }}' as cut_by,
        {{ 'times.' if cut_by == 'recruiter' }}{{ cut }} as cut,
        times.response_hours,
        row_number() over (
            partition by
                times.tenant_id, windows.period
                {{- ', times.recruiter_id' if cut_by == 'recruiter' }}
            order by
                times.response_hours asc nulls last,
                times.application_id asc nulls last
        ) as time_rank,
        count(*) over (
            partition by
                times.tenant_id, windows.period
                {{- ', times.recruiter_id' if cut_by == 'recruiter' }}
        ) as applications
    from {{ ref('recruiter_response_times') }} as times
    inner join windows
        on times.tenant_id = windows.tenant_id
    where
        times.applied_date >= windows.period_start
        and times.applied_date < windows.period_end
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Who was not answered yet waits longest: the median is null once that is half
-- of them. The interval is that of the order statistics around the median.
medians as (

    select
        tenant_id,
        'response_hours' as metric,
        period,
        period_start,
        cut_by,
        cut,
        count(*) as n,
        cast(count(response_hours) as decimal(18, 4)) as amount,
        cast(0 as bigint) as unknown_cases,
        0 as promoters,
        0 as detractors,
        (
            max(
                case
                    when time_rank = floor((applications + 1) / 2e0)
                        then response_hours
                end
            ) + max(
                case
                    when time_rank = floor(applications / 2e0) + 1
                        then response_hours
                end
            )
        ) / 2e0 as hours,
        max(
            case
                when
                    time_rank = floor((
                        applications + 1
                        - {{ z95() }} * sqrt(applications)
                    ) / 2e0)
                    then response_hours
            end
        ) as hours_low,
        max(
            case
                when
                    time_rank = applications + 1 - floor((
                        applications + 1
                        - {{ z95() }} * sqrt(applications)
                    ) / 2e0)
                    then response_hours
            end
        ) as hours_high

    from ranked_times

    group by tenant_id, period, period_start, cut_by, cut

),

counted as (

    select * from scores
    union all
    select * from tallies
    union all
    select * from medians

),

-- Every recruiter at work has a row for every metric, also with nothing in it.
shown as (

    select
        tenant_id,
        recruiter_id as cut,
        'recruiter' as cut_by
    from {{ ref('dim_recruiters') }}
    where is_enabled
    union
    select
        tenant_id,
        cut,
        cut_by
    from counted
    union
    select
        tenant_id,
        'all' as cut,
        'all' as cut_by
    from windows

),

metrics as (

    {% for metric in [
        'placements', 'net_fee', 'nps_hired_candidates',
        'nps_rejected_candidates', 'nps_clients', 'closed_loop_rate',
        'referrals_generated', 'response_hours', 'offer_acceptance',
    ] -%}
    select '{{ metric }}' as metric
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        windows.tenant_id,
        metrics.metric,
        windows.period,
        windows.period_start,
        shown.cut_by,
        shown.cut,
        cast(coalesce(counted.n, 0) as bigint) as n,
        cast(coalesce(counted.amount, 0) as decimal(18, 4)) as amount,
        cast(coalesce(counted.unknown_cases, 0) as bigint) as unknown_cases,
        cast(coalesce(counted.promoters, 0) as bigint) as promoters,
        cast(coalesce(counted.detractors, 0) as bigint) as detractors,
        counted.hours,
        counted.hours_low,
        counted.hours_high

    from windows

    inner join shown
        on windows.tenant_id = shown.tenant_id

    cross join metrics

    left join counted
        on
            windows.tenant_id = counted.tenant_id
            and windows.period = counted.period
            and metrics.metric = counted.metric
            and shown.cut_by = counted.cut_by
            and shown.cut = counted.cut

)

select * from final
