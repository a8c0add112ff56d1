-- noqa: disable=LT02
{% set lag_limit = 12 %}
{% set measures = [
    'external_loaded', 'external_direct', 'internal_loaded', 'internal_direct',
    'excluded_loaded', 'excluded_direct', 'refunds', 'replacement_work',
] %}

with

periods as (

    select * from {{ ref('period_months') }}

),

lags as (

    select * from {{ ref('cost_lags') }}

),

hires as (

    select * from {{ ref('credited_hires') }}

),

costs as (

    select *

    from {{ ref('fct_costs') }}

    where is_recruiting_cost and document_date <= {{ as_of_date() }}

),

hired as (

    select
        tenant_id,
        placement_id,
        hired_month,
        channel as cut,
        credit,
        is_falloff,
        first_year_compensation
    from hires
    union all
    select
        tenant_id,
        placement_id,
        hired_month,
        'all' as cut,
        sum(credit) as credit,
        bool_or(is_falloff) as is_falloff,
        max(first_year_compensation) as first_year_compensation
    from hires
    group by tenant_id, placement_id, hired_month

),

monthly_hires as (

    select
        tenant_id,
        cut,
        hired_month as counted_month,
        cast(sum(credit) as decimal(18, 6)) as gross_hires,
        cast(sum(
            case when is_falloff then 0 else credit end
        ) as decimal(18, 6)) as net_hires,
        cast(sum(
            case
                when first_year_compensation is null then credit else 0
            end
        ) as decimal(18, 6)) as unpaid_hires,
        -- Doubles would sum in whatever order they come.
        cast(sum(cast(
            cast(credit as double) * cast(first_year_compensation as double)
            as decimal(38, 4)
        )) as decimal(18, 4)) as compensation,
        sum(cast(
            cast(credit as double) * cast(first_year_compensation as double)
            * cast(credit as double) * cast(first_year_compensation as double)
            as decimal(38, 4)
        )) as compensation_squares

    from hired

    group by tenant_id, cut, hired_month

),

monthly_costs as (

    select
        tenant_id,
        channel,
        document_month as counted_month,
        {% for component, condition in [
            ('external', 'not is_internal'), ('internal', 'is_internal'),
            ('excluded', 'not is_comparable'),
        ] -%}
        cast(sum(
            case when {{ condition }} then reporting_amount else 0 end
        ) as decimal(18, 4)) as {{ component }}_loaded,
        cast(sum(
            case
                when {{ condition }} and allocation = 'direct'
                    then reporting_amount
                else 0
            end
        ) as decimal(18, 4)) as {{ component }}_direct,
        {% endfor -%}
        cast(0 as decimal(18, 4)) as refunds,
        cast(0 as decimal(18, 4)) as replacement_work

    from costs

    where not is_unconverted

    group by tenant_id, channel, document_month

    union all

    select
        tenant_id,
        channel,
        counted_month,
        {% for measure in measures[:6] -%}
        cast(0 as decimal(18, 4)) as {{ measure }},
        {% endfor -%}
        cast(sum(refunds) as decimal(18, 4)) as refunds,
        cast(sum(replacement_work) as decimal(18, 4)) as replacement_work

    from {{ ref('guarantee_losses') }}

    group by tenant_id, channel, counted_month

),

-- Lagged: what a month spends is borne in equal parts by the hires of the
-- months after it, as many as it takes to fill a job.
steps as (

    {% for step in range(1, lag_limit + 1) -%}
    select {{ step }} as step
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

timed_costs as (

    select
        tenant_id,
        channel,
        'same_month' as timing,
        counted_month,
        {{ measures | join(',\n        ') }}

    from monthly_costs

    union all

    select
        monthly_costs.tenant_id,
        monthly_costs.channel,
        'lagged' as timing,
        {{ months_later('monthly_costs.counted_month', 'steps.step') }}
            as counted_month,
        {% for measure in measures -%}
        {{ running_share(
            'monthly_costs.' ~ measure, '1', 'steps.step', 'lags.lag_months'
        ) }} as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}

    from monthly_costs

    inner join lags
        on monthly_costs.tenant_id = lags.tenant_id

    inner join steps
        on lags.lag_months >= steps.step

),

cut_costs as (

    select
        timed_costs.*,
        'all' as cut
    from timed_costs
    union all
    select
        timed_costs.*,
        channel as cut
    from timed_costs

),

cells as (

    select
        monthly_hires.tenant_id,
        monthly_hires.cut,
        timings.timing,
        monthly_hires.counted_month,
        monthly_hires.gross_hires,
        monthly_hires.net_hires,
        monthly_hires.unpaid_hires,
        monthly_hires.compensation,
        monthly_hires.compensation_squares,
        {% for measure in measures -%}
        cast(0 as decimal(18, 4)) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from monthly_hires
    cross join (
        select 'same_month' as timing
        union all
        select 'lagged' as timing
    ) as timings
    union all
    select
        tenant_id,
        cut,
        timing,
        counted_month,
        0 as gross_hires,
        0 as net_hires,
        0 as unpaid_hires,
        0 as compensation,
        cast(0 as decimal(38, 4)) as compensation_squares,
        {{ measures | join(',\n        ') }}
    from cut_costs

),

-- What holds for the whole agency's month, whatever the channel.
spending_months as (

    select
        tenant_id,
        document_month,
        max(case when is_internal then 1 else 0 end) as internal_months,
        count(distinct case when is_unconverted then cost_line_id end)
            as unconverted_lines

    from costs

    group by tenant_id, document_month

),

timed_months as (

    select
        tenant_id,
        'same_month' as timing,
        document_month as counted_month,
        internal_months,
        unconverted_lines
    from spending_months
    union all
    select
        spending_months.tenant_id,
        'lagged' as timing,
        {{ months_later('spending_months.document_month', 'steps.step') }}
            as counted_month,
        spending_months.internal_months,
        -- Counted once, in the first month that bears it.
        case when steps.step = 1 then spending_months.unconverted_lines else 0 end
            as unconverted_lines
    from spending_months
    inner join lags
        on spending_months.tenant_id = lags.tenant_id
    inner join steps
        on lags.lag_months >= steps.step

),

month_facts as (

    select
        tenant_id,
        timing,
        counted_month,
        max(internal_months) as internal_months,
        sum(unconverted_lines) as unconverted_lines

    from timed_months

    group by tenant_id, timing, counted_month

),

window_facts as (

    select
        month_facts.tenant_id,
        month_facts.timing,
        periods.period,
        periods.period_start,
        cast(sum(month_facts.internal_months) as int) as internal_months,
        cast(sum(month_facts.unconverted_lines) as bigint)
            as unconverted_lines

    from month_facts

    inner join periods
        on
            month_facts.tenant_id = periods.tenant_id
            and month_facts.counted_month = periods.month_start

    group by
        month_facts.tenant_id, month_facts.timing, periods.period,
        periods.period_start

),

lengths as (

    select
        tenant_id,
        period,
        period_start,
        bool_and(is_finished) as is_finished,
        cast(count(*) as int) as months,
        -- An unfinished month has no internal cost yet.
        cast(sum(
            case
                when {{ months_later('month_start', 1) }} <= {{ as_of_date() }}
                    then 1
                else 0
            end
        ) as int) as finished_months

    from periods

    group by tenant_id, period, period_start

),

firsts as (

    select
        tenant_id,
        min(period_start) as first_month

    from lengths

    where period = 'all'

    group by tenant_id

),

summed as (

    select
        cells.tenant_id,
        periods.period,
        periods.period_start,
        cells.cut as channel,
        cells.timing,
        cast(sum(cells.gross_hires) as decimal(18, 6)) as gross_hires,
        cast(sum(cells.net_hires) as decimal(18, 6)) as net_hires,
        cast(sum(cells.unpaid_hires) as decimal(18, 6)) as unpaid_hires,
        cast(sum(cells.compensation) as decimal(18, 4)) as compensation,
        cast(sum(cells.compensation_squares) as double)
            as compensation_squares,
        {% for measure in measures -%}
        cast(sum(cells.{{ measure }}) as decimal(18, 4)) as {{ measure }}
        {{- ',' if not loop.last }}
        {% endfor %}

    from cells

    inner join periods
        on
            cells.tenant_id = periods.tenant_id
            and cells.counted_month = periods.month_start

    where
        cells.timing = 'same_month'
        or periods.period in ('trailing_6m', 'trailing_12m', 'all')

    group by
        cells.tenant_id, periods.period, periods.period_start, cells.cut,
        cells.timing

),

windowed as (

    select
        summed.*,
        lengths.is_finished,
        lengths.months,
        case
            when summed.timing = 'same_month' then lengths.finished_months
            -- Nothing was spent before the first month that is known of.
            when summed.period = 'all' then lengths.months - 1
            else lengths.months
        end as internal_months_due,
        coalesce(window_facts.internal_months, 0) as internal_months,
        coalesce(window_facts.unconverted_lines, 0) as unconverted_lines,
        case
            when summed.timing = 'lagged' then coalesce(lags.lag_months, 1)
            else 0
        end as lag_months

    from summed

    inner join lengths
        on
            summed.tenant_id = lengths.tenant_id
            and summed.period = lengths.period
            and summed.period_start = lengths.period_start

    inner join firsts
        on summed.tenant_id = firsts.tenant_id

    left join lags
        on summed.tenant_id = lags.tenant_id

    left join window_facts
        on
            summed.tenant_id = window_facts.tenant_id
            and summed.period = window_facts.period
            and summed.period_start = window_facts.period_start
            and summed.timing = window_facts.timing

    -- The hires of the first months were paid for before the records begin.
    where
        summed.timing = 'same_month'
        or summed.period = 'all'
        or summed.period_start
        >= {{ months_later('firsts.first_month', 'coalesce(lags.lag_months, 1)') }}

)

select * from windowed
