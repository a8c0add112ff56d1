{% set window = 'partition by tenant_id, company_id order by month_start' %}

with

client_months as (

    select * from {{ ref('fct_client_months') }}

),

first_bills as (

    select
        tenant_id,
        min(first_invoice_month) as first_billed_month

    from client_months

    group by tenant_id

),

periods as (

    select distinct
        tenant_id,
        period,
        period_start,
        period_end,
        is_finished

    from {{ ref('period_months') }}

),

-- A client is new in every window that holds its first invoice; what counts
-- is its revenue within the window.
recent as (

    select
        tenant_id,
        company_id,
        referral_status,
        month_start,
        first_invoice_month,
        {{ months_later('month_start', 1) }} as period_end,
        {%- for period, before in [
            ('month', 0), ('trailing_3m', 2), ('trailing_6m', 5),
        ] %}
        sum(net_fee_amount) over (
            {{ window }} asc nulls last
            rows between {{ before }} preceding and current row
        ) as {{ period }}_revenue,
        sum(unconverted_lines) over (
            {{ window }} asc nulls last
            rows between {{ before }} preceding and current row
        ) as {{ period }}_unconverted,
        {%- endfor %}
        net_fee_amount_12m as trailing_12m_revenue,
        sum(unconverted_lines) over (
            {{ window }} asc nulls last
            rows between 11 preceding and current row
        ) as trailing_12m_unconverted

    from client_months

    where {{ months_later('first_invoice_month', 12) }} > month_start

),

ever as (

    select
        tenant_id,
        company_id,
        referral_status,
        sum(net_fee_amount) as net_fee_amount,
        sum(unconverted_lines) as unconverted_lines

    from client_months

    group by tenant_id, company_id, referral_status

),

won as (

    {% for period, months in [
        ('month', 1), ('trailing_3m', 3), ('trailing_6m', 6),
        ('trailing_12m', 12),
    ] -%}
    select
        tenant_id,
        '{{ period }}' as period,
        period_end,
        referral_status,
        {{ period }}_unconverted as unconverted_lines,
        cast({{ period }}_revenue as decimal(18, 4)) as revenue
    from recent
    where
        month_start >= first_invoice_month
        and {{ months_later('first_invoice_month', months) }} > month_start
    union all
    {% endfor %}
    select
        tenant_id,
        'all' as period,
        {{ months_later(month_of(as_of_date()), 1) }} as period_end,
        referral_status,
        unconverted_lines,
        cast(net_fee_amount as decimal(18, 4)) as revenue
    from ever

),

totals as (

    select
        tenant_id,
        period,
        period_end,
        count(*) as new_clients,
        sum(case when referral_status = 'referred' then 1 else 0 end)
            as referred_clients,
        sum(case when referral_status = 'unknown' then 1 else 0 end)
            as unknown_clients,
        sum(revenue) as revenue,
        sum(case when referral_status = 'referred' then revenue else 0 end)
            as referred_revenue,
        sum(case when referral_status = 'unknown' then revenue else 0 end)
            as unknown_revenue,
        sum({{ exact_product('revenue', 'revenue') }}) as revenue_squares,
        sum(
            case
                when referral_status = 'referred'
                    then {{ exact_product('revenue', 'revenue') }}
                else 0
            end
        ) as referred_squares,
        sum(unconverted_lines) as unconverted_lines

    from won

    group by tenant_id, period, period_end

),

windowed as (

    select

        ---------- ids
        periods.tenant_id,

        ---------- strings
        periods.period,

        ---------- numerics
        cast(coalesce(totals.new_clients, 0) as bigint) as new_clients,
        cast(coalesce(totals.referred_clients, 0) as bigint)
            as referred_clients,
        cast(coalesce(totals.unknown_clients, 0) as bigint) as unknown_clients,
        cast(coalesce(totals.revenue, 0) as decimal(18, 4)) as revenue,
        cast(coalesce(totals.referred_revenue, 0) as decimal(18, 4))
            as referred_revenue,
        cast(coalesce(totals.unknown_revenue, 0) as decimal(18, 4))
            as unknown_revenue,
        cast(coalesce(totals.revenue_squares, 0) as decimal(38, 8))
            as revenue_squares,
        cast(coalesce(totals.referred_squares, 0) as decimal(38, 8))
            as referred_squares,
        cast(coalesce(totals.unconverted_lines, 0) as bigint)
            as unconverted_lines,

        ---------- booleans
        periods.is_finished,
        coalesce(
            {{ months_later('first_bills.first_billed_month', 12) }}
            > periods.period_start,
            false
        ) as is_early,

        ---------- dates
        periods.period_start,
        periods.period_end

    from periods

    left join totals
        on
            periods.tenant_id = totals.tenant_id
            and periods.period = totals.period
            and periods.period_end = totals.period_end

    left join first_bills
        on periods.tenant_id = first_bills.tenant_id

)

select * from windowed
