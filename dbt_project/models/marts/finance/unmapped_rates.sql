with

unconverted as (

    select
        tenant_id,
        currency,
        reporting_currency,
        document_date,
        revenue_line_id as line_id,
        amount
    from {{ ref('fct_revenue') }}
    where is_unconverted
    union all
    select
        tenant_id,
        currency,
        reporting_currency,
        document_date,
        cost_line_id as line_id,
        amount
    from {{ ref('fct_costs') }}
    where is_unconverted

),

unmapped as (

    select
        tenant_id,
        coalesce(currency, '(none)') as currency,
        reporting_currency,
        {{ month_of('document_date') }} as document_month,
        cast(count(distinct line_id) as bigint) as document_lines,
        cast(sum(amount) as decimal(18, 4)) as amount

    from unconverted

    group by
        tenant_id,
        coalesce(currency, '(none)'),
        reporting_currency,
        {{ month_of('document_date') }}

)

select * from unmapped
