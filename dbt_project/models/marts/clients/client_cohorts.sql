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

-- What was thought of the agency is taken from before the later window starts.
landmarks as (

    select
        *,
        coalesce(
            lag(nps_band_before, 11) over ({{ window }} asc nulls last),
            'no_answer'
        ) as nps_band,
        coalesce(
            lag(understood_before, 11) over ({{ window }} asc nulls last),
            'no_answer'
        ) as understood,
        sum(unconverted_lines) over (
            {{ window }} asc nulls last
            rows between 23 preceding and current row
        ) as unconverted_24m

    from client_months

),

compared as (

    select
        landmarks.tenant_id,
        landmarks.referral_status,
        landmarks.nps_band,
        landmarks.understood,
        {{ months_later('landmarks.month_start', -11) }} as period_start,
        {{ months_later('landmarks.month_start', 1) }} as period_end,
        landmarks.invoices_12m_before > 0 as is_in_cohort,
        landmarks.invoices_12m > 0 as is_retained,
        landmarks.net_fee_amount_12m_before as earlier,
        landmarks.net_fee_amount_12m as later,
        least(
            landmarks.net_fee_amount_12m, landmarks.net_fee_amount_12m_before
        ) as kept,
        case
            when landmarks.invoices_12m > 0
                then cast(0 as decimal(18, 4))
            else landmarks.net_fee_amount_12m_before
        end as lost,
        landmarks.unconverted_24m

    from landmarks

    inner join first_bills
        on landmarks.tenant_id = first_bills.tenant_id

    where
        {{ months_later('first_bills.first_billed_month', 23) }}
        <= landmarks.month_start
        and {{ months_later('landmarks.month_start', 1) }}
        <= {{ as_of_date() }}

),

cohorts as (

    select

        ---------- ids
        tenant_id,

        ---------- strings
        referral_status,
        nps_band,
        understood,

        ---------- numerics
        {% set sums = [
            ('clients', '1', 'bigint'),
            ('retained', 'case when is_retained then 1 else 0 end', 'bigint'),
            ('without_revenue',
             'case when earlier <= 0 then 1 else 0 end', 'bigint'),
            ('unconverted_lines', 'unconverted_24m', 'bigint'),
            ('earlier', 'earlier', 'decimal(18, 4)'),
            ('later', 'later', 'decimal(18, 4)'),
            ('kept', 'kept', 'decimal(18, 4)'),
            ('lost', 'lost', 'decimal(18, 4)'),
        ] -%}
        {%- for name, counted, type in sums %}
        cast(coalesce(sum(
            case when is_in_cohort then {{ counted }} end
        ), 0) as {{ type }}) as {{ name }},
        {%- endfor %}
        {%- for name, a, b in [
            ('earlier_earlier', 'earlier', 'earlier'),
            ('earlier_later', 'earlier', 'later'),
            ('later_later', 'later', 'later'),
            ('earlier_kept', 'earlier', 'kept'),
            ('kept_kept', 'kept', 'kept'),
            ('earlier_lost', 'earlier', 'lost'),
            ('lost_lost', 'lost', 'lost'),
        ] %}
        cast(coalesce(sum(
            case when is_in_cohort then {{ exact_product(a, b) }} end
        ), 0) as decimal(38, 8)) as {{ name }},
        {%- endfor %}

        ---------- dates
        period_start,
        period_end

    from compared

    group by
        tenant_id, referral_status, nps_band, understood, period_start,
        period_end

)

select * from cohorts
