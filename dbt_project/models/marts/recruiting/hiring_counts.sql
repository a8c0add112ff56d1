{% set application_cuts = [
    ('all', "'all'"),
    ('referral_status', 'referral_status'),
    ('channel', 'channel'),
    ('job_family', 'job_family'),
    ('seniority', 'seniority'),
    ('recruiter', "coalesce(recruiter_id, 'unknown')"),
    ('company', "coalesce(company_id, 'unknown')"),
] %}
{% set job_cuts = [
    ('all', "'all'"),
    ('employment_type', 'employment_type'),
    ('job_family', 'job_family'),
    ('seniority', 'seniority'),
    ('recruiter', "coalesce(recruiter_id, 'unknown')"),
    ('company', "coalesce(company_id, 'unknown')"),
] %}
{% set figures = [
    ('placement_rate', 'applications', 'applied_at', application_cuts,
     'true', 'case when is_placed then 1 else 0 end',
     "outcome in ('open', 'start_expected')"),
    ('interview_to_offer_rate', 'applications', 'interviewed_at',
     application_cuts, 'is_interviewed', 'case when is_offered then 1 else 0 end',
     "outcome = 'open' and not is_offered"),
    ('offer_acceptance_rate', 'applications', 'offered_at', application_cuts,
     'is_offered', 'case when is_accepted then 1 else 0 end',
     "outcome = 'open' and not is_accepted"),
    ('time_to_hire_days', 'applications', 'accepted_at', application_cuts,
     'placement_id is not null and days_to_hire is not null', 'days_to_hire',
     'false'),
    ('time_to_fill_days', 'fills', 'accepted_at', job_cuts, 'true',
     'days_to_fill', 'false'),
] %}

with

periods as (

    select * from {{ ref('period_months') }}

),

applications as (

    select * from {{ ref('fct_applications') }}

),

fills as (

    select * from {{ ref('job_fills') }}

),

cut_out as (

    {% for metric, relation, at, cuts, condition, amount, pending in figures -%}
    {% set last_figure = loop.last -%}
    {% for cut_by, cut in cuts -%}
    select
        tenant_id,
        '{{ metric }}' as metric,
        {{ month_of(at) }} as counted_month,
        '{{ cut_by }}' as cut_by,
        {{ cut }} as cut,
        cast({{ amount }} as bigint) as amount,
        {{ pending }} as is_pending,
        application_id,
        -- Who is not known cannot be told from others: each stands alone.
        coalesce(person_id, application_id) as person

    from {{ relation }}

    where {{ condition }} and {{ at }} is not null
    {{ 'union all' if not (last_figure and loop.last) }}
    {% endfor -%}
    {% endfor %}

),

-- A person counts in a window by the last application in it.
followed as (

    select
        *,
        lead(counted_month) over (
            partition by tenant_id, metric, cut_by, cut, person
            order by
                counted_month asc nulls last,
                application_id asc nulls last
        ) as next_month

    from cut_out

),

-- All figures are told from how many units had which amount: few cells.
monthly as (

    select
        tenant_id,
        metric,
        counted_month,
        next_month,
        cut_by,
        cut,
        amount,
        is_pending,
        count(*) as units

    from followed

    group by
        tenant_id, metric, counted_month, next_month, cut_by, cut, amount,
        is_pending

),

windowed as (

    select
        monthly.tenant_id,
        monthly.metric,
        periods.period,
        periods.period_start,
        monthly.cut_by,
        monthly.cut,
        monthly.amount,
        monthly.is_pending,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(monthly.units) as bigint) as units,
        cast(sum(
            case
                when
                    monthly.next_month is null
                    or monthly.next_month >= periods.period_end
                    then monthly.units
                else 0
            end
        ) as bigint) as people

    from monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.counted_month = periods.month_start

    where
        (periods.is_newest and periods.period in ('all', 'trailing_12m'))
        or monthly.cut_by not in ('recruiter', 'company')

    group by
        monthly.tenant_id, monthly.metric, periods.period,
        periods.period_start, monthly.cut_by, monthly.cut, monthly.amount,
        monthly.is_pending

)

select * from windowed
