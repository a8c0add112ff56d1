with

windows as (

    select * from {{ ref('scorecard_windows') }}

),

slates as (

    select
        slates.*,
        windows.period,
        windows.period_start

    from {{ ref('slates') }} as slates

    inner join windows
        on slates.tenant_id = windows.tenant_id

    where
        slates.opened_date >= windows.period_start
        and slates.opened_date < windows.period_end

),

cuts as (

    {% for cut_by, cut in [('all', "'all'"), ('company', 'company_id')] -%}
    select
        tenant_id,
        period,
        period_start,
        '{{ cut_by }}' as cut_by,
        {{ cut }} as cut,
        count(*) as jobs,
        sum(case when candidates > 0 then 1 else 0 end) as slates,
        sum(candidates) as candidates,
        sum(candidates * candidates) as candidate_squares,
        sum(known_sources) as known_sources,
        sum(known_sources * known_sources) as source_squares,
        sum(unknown_candidates) as unknown_candidates
    from slates
    group by
        tenant_id, period, period_start
        {{- ', company_id' if cut_by == 'company' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

figures as (

    {% for metric, units, total, squares, unknown in [
        ('candidates_per_job', 'jobs', 'candidates', 'candidate_squares', '0'),
        ('sources_per_slate', 'slates', 'known_sources', 'source_squares',
         'unknown_candidates'),
    ] -%}
    select
        tenant_id,
        '{{ metric }}' as metric,
        period,
        period_start,
        cut_by,
        cut,
        cast({{ units }} as double) as units,
        cast({{ total }} as double) as total,
        cast({{ squares }} as double) as squares,
        cast({{ unknown }} as double) as unknown,
        cast(candidates as bigint) as n
    from cuts
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

averaged as (

    select
        *,
        total / nullif(units, 0e0) as value,
        {{ ratio_error('units', 'units', 'total', 'units', 'total', 'squares') }}
            as error

    from figures

),

hidden as (

    select
        *,
        {{ small_group_columns(
            ['tenant_id', 'metric', 'period', 'period_start', 'cut_by']
        ) }}

    from averaged

),

suppressed as (

    select
        *,
        {{ is_withheld() }} as is_suppressed

    from hidden

),

metric as (

    select
        tenant_id,
        metric,
        period,
        period_start,
        cut_by,
        cut,
        case when not is_suppressed then value end as value,
        case when not is_suppressed then total end as numerator,
        case when not is_suppressed then units end as denominator,
        case
            when not is_suppressed and error is not null
                then greatest(0e0, value - {{ z95() }} * error)
        end as ci_low,
        case
            when not is_suppressed and error is not null
                then value + {{ z95() }} * error
        end as ci_high,
        n,
        is_suppressed,
        {{ metric_note(small_group_notes() + [
            ('n = 0', 'nobody was presented'),
            ('n < 15', 'insufficient: fewer than 15'),
            (
                'unknown > 0',
                'range_low to range_high: some sources are unknown',
            ),
            ('error is null', 'no interval: the jobs do not differ'),
        ]) }} as note,
        case when not is_suppressed then value end as range_low,
        case when not is_suppressed then (total + unknown) / nullif(units, 0e0)
        end as range_high

    from suppressed

)

select * from metric
