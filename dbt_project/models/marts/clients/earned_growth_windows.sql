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

-- The same windows as client_cohorts: both whole, the later one finished.
compared as (

    select
        client_months.tenant_id,
        client_months.status,
        client_months.referral_status,
        {{ months_later('client_months.month_start', -11) }} as period_start,
        client_months.invoices_12m > 0
        or client_months.invoices_12m_before > 0 as is_counted,
        client_months.invoices_12m_before > 0 as is_old,
        client_months.status = 'new' as is_new,
        client_months.net_fee_amount_12m_before as earlier,
        client_months.net_fee_amount_12m as later,
        case
            when client_months.invoices_12m_before > 0
                then client_months.net_fee_amount_12m_before
            else cast(0 as decimal(18, 4))
        end as base

    from client_months

    inner join first_bills
        on client_months.tenant_id = first_bills.tenant_id

    where
        {{ months_later('first_bills.first_billed_month', 23) }}
        <= client_months.month_start
        and {{ months_later('client_months.month_start', 1) }}
        <= {{ as_of_date() }}

),

-- earned: what last period's clients and new referred clients brought.
parted as (

    select
        *,
        case
            when is_new and referral_status = 'referred' then later
            else cast(0 as decimal(18, 4))
        end as referred_new,
        case
            when is_new and referral_status = 'unknown' then later
            else cast(0 as decimal(18, 4))
        end as unknown_new,
        case
            when is_old or (is_new and referral_status = 'referred')
                then cast(later - base as decimal(18, 4))
            else cast(0 as decimal(18, 4))
        end as earned,
        cast(later - earlier as decimal(18, 4)) as growth

    from compared

),

windows as (

    select

        ---------- ids
        tenant_id,

        ---------- numerics
        cast(sum(case when is_counted then 1 else 0 end) as bigint) as clients,
        {%- for name in [
            'base', 'earlier', 'later', 'referred_new', 'unknown_new',
            'earned', 'growth',
        ] %}
        cast(sum({{ name }}) as decimal(18, 4)) as {{ name }},
        {%- endfor %}
        cast(sum(case when is_old then later else 0 end) as decimal(18, 4))
            as later_of_old,
        cast(
            sum(case when status = 'reactivated' then later else 0 end)
            as decimal(18, 4)
        ) as later_of_reactivated,
        {%- for name, a, b in [
            ('base_base', 'base', 'base'),
            ('earlier_earlier', 'earlier', 'earlier'),
            ('referred_referred', 'referred_new', 'referred_new'),
            ('base_earned', 'base', 'earned'),
            ('earned_earned', 'earned', 'earned'),
            ('earlier_growth', 'earlier', 'growth'),
            ('growth_growth', 'growth', 'growth'),
            ('earned_growth', 'earned', 'growth'),
        ] %}
        cast(sum({{ exact_product(a, b) }}) as decimal(38, 8)) as {{ name }},
        {%- endfor %}

        ---------- dates
        period_start

    from parted

    group by tenant_id, period_start

)

select * from windows
