{% set window = 'partition by tenant_id, company_id order by month_start' %}

with

client_months as (

    select * from {{ ref('fct_client_months') }}

),

-- A window with less billing on record than it is long would compare a part
-- with a whole.
first_bills as (

    select
        tenant_id,
        min(first_invoice_month) as first_billed_month

    from client_months

    group by tenant_id

),

-- What the client thought is taken from before the later window starts, so
-- that nobody is sorted by what came after.
windows as (

    select
        tenant_id,
        company_id,
        lag(nps_band_before, 11) over ({{ window }} asc nulls last) as nps_band,
        lag(understood_before, 11) over ({{ window }} asc nulls last)
            as understood,
        invoices_12m_before,
        invoices_12m,
        net_fee_amount_12m_before as earlier,
        net_fee_amount_12m as later,
        {{ months_later('month_start', -11) }} as window_start,
        {{ months_later('month_start', 1) }} as window_end

    from client_months

),

newest as (

    select
        tenant_id,
        period,
        period_start,
        period_end

    from {{ ref('claim_periods') }}

    where period = 'trailing_12m'

),

-- All time is every whole year back from the newest: windows that do not
-- overlap, each with its own landmark.
kept as (

    select
        windows.*,
        newest.period_start as newest_start

    from windows

    inner join newest
        on
            windows.tenant_id = newest.tenant_id
            and windows.window_end <= newest.period_end

    inner join first_bills
        on windows.tenant_id = first_bills.tenant_id

    where
        windows.invoices_12m_before > 0
        and windows.window_start
        >= {{ months_later('first_bills.first_billed_month', 12) }}
        and extract(month from windows.window_end)
        = extract(month from newest.period_end)

),

spread as (

    select
        kept.*,
        periods.period,
        periods.period_start

    from kept

    inner join {{ ref('claim_periods') }} as periods
        on kept.tenant_id = periods.tenant_id

    where
        periods.period = 'all' or kept.window_start = periods.period_start

),

landmarks as (

    select

        ---------- ids
        tenant_id,
        company_id,

        ---------- strings
        period,
        coalesce(nps_band, 'no_answer') as nps_band,
        coalesce(understood, 'no_answer') as understood,
        case
            when invoices_12m_before = 1 then '1 invoice'
            when invoices_12m_before <= 4 then '2-4 invoices'
            else '5 or more invoices'
        end as invoices_band,

        ---------- numerics
        earlier,
        later,

        ---------- booleans
        invoices_12m > 0 as is_retained,

        ---------- dates
        period_start,
        window_start

    from spread

)

select * from landmarks
