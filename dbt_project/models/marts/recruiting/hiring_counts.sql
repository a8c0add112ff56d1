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

-- All figures are told from how many units had which amount: few cells.
monthly as (

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
        count(*) as units

    from {{ relation }}

    where {{ condition }} and {{ at }} is not null

    group by
        tenant_id, {{ month_of(at) }}, {{ cut }}, {{ amount }}, {{ pending }}
    {{ 'union all' if not (last_figure and loop.last) }}
    {% endfor -%}
    {% endfor %}

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
        cast(sum(monthly.units) as bigint) as units

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
