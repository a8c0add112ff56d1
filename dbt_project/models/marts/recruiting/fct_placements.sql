with

placements as (

    select * from {{ ref('int_placements') }}

),

revenue as (

    select *

    from {{ ref('fct_revenue') }}

    where placement_id is not null

),

paths as (

    select *

    from {{ ref('fct_attribution') }}

    where attribution_model = 'referral_first' and credit > 0

),

jobs as (

    select * from {{ ref('dim_jobs') }}

),

rates as (

    select * from {{ ref('document_rates') }}

),

fees as (

    select
        placement_id,
        sum(
            case when document_type = 'invoice' then reporting_amount else 0 end
        ) as gross_fee_amount,
        sum(
            case
                when document_type = 'invoice' then 0 else reporting_amount
            end
        ) as deducted_amount,
        sum(reporting_amount) as net_fee_amount,
        sum(amount) as net_document_amount,
        count(distinct currency) as currencies,
        sum(case when is_unconverted then 1 else 0 end) as unconverted_lines

    from revenue

    group by placement_id

),

-- A contractor earns the pay rate, an employee the salary.
paid as (

    select
        placement_id,
        currency,
        start_date,
        salary_unit,
        coalesce(pay_rate, salary_amount) * {{ units_per_year('salary_unit') }}
            as yearly_pay

    from placements

    where is_started

),

compensated as (

    select
        paid.placement_id,
        cast(paid.yearly_pay * rates.rate_to_reporting as decimal(18, 4))
            as first_year_compensation

    from paid

    inner join rates
        on
            paid.currency = rates.currency
            and paid.start_date = rates.document_date

),

joined as (

    select

        ---------- ids
        placements.placement_id,
        placements.tenant_id,
        placements.application_id,
        placements.person_id,
        placements.job_id,
        placements.company_id,
        placements.recruiter_id,
        paths.referrer_person_id,

        ---------- strings
        placements.employment_type,
        placements.status,
        coalesce(jobs.job_family, 'unknown') as job_family,
        coalesce(jobs.seniority, 'unknown') as seniority,
        placements.currency,
        '{{ var("reporting_currency") }}' as reporting_currency,
        paths.channel as attributed_channel,
        case
            when not placements.is_started then 'not_started'
            when paths.is_referral then 'referred'
            when paths.is_referral_unknown then 'unknown'
            else 'not_referred'
        end as referral_status,

        ---------- numerics
        placements.guarantee_days,
        case
            when placements.is_started
                then cast({{ days_between(
                    'placements.start_date',
                    'least(coalesce(placements.end_date, '
                    ~ as_of_date() ~ '), ' ~ as_of_date() ~ ')'
                ) }} as int)
        end as retention_days,
        compensated.first_year_compensation,
        placements.fee_amount as agreed_fee_amount,
        cast(case
            when coalesce(fees.currencies, 0) <= 1
                then coalesce(fees.net_document_amount, 0)
        end as decimal(18, 4)) as net_fee_document_amount,
        cast(coalesce(fees.gross_fee_amount, 0) as decimal(18, 4))
            as gross_fee_amount,
        cast(coalesce(fees.deducted_amount, 0) as decimal(18, 4))
            as deducted_amount,
        cast(coalesce(fees.net_fee_amount, 0) as decimal(18, 4))
            as net_fee_amount,
        cast(coalesce(fees.unconverted_lines, 0) as bigint)
            as unconverted_lines,

        ---------- booleans
        coalesce(placements.is_started, false) as is_started,
        coalesce(placements.is_terminated, false) as is_terminated,
        coalesce(placements.is_falloff, false) as is_falloff,
        coalesce(
            placements.is_started
            and placements.guarantee_days > 0
            and placements.guarantee_end_date < {{ as_of_date() }},
            false
        ) as is_guarantee_over,

        ---------- dates
        placements.start_date,
        placements.end_date,
        placements.guarantee_end_date,
        {{ month_of('placements.start_date') }} as start_month

    from placements

    left join fees
        on placements.placement_id = fees.placement_id

    left join paths
        on placements.placement_id = paths.placement_id

    left join jobs
        on placements.job_id = jobs.job_id

    left join compensated
        on placements.placement_id = compensated.placement_id

)

select * from joined
