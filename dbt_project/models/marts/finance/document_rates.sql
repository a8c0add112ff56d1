with

documents as (

    select
        currency,
        document_date
    from {{ ref('int_invoice_lines') }}
    where is_posted
    union
    select
        currency,
        document_date
    from {{ ref('int_vendor_costs') }}
    where is_posted
    union
    select
        currency,
        document_date
    from {{ ref('internal_cost_lines') }}
    where not is_left_out
    union
    select
        '{{ var("reporting_currency") }}' as currency,
        start_date as document_date
    from {{ ref('int_placements') }}
    where referral_fee_amount <> 0
    union
    -- Pay is converted at the first day's rate.
    select
        currency,
        start_date as document_date
    from {{ ref('int_placements') }}
    where is_started

),

rates as (

    select *

    from {{ ref('fx_rates') }}

    where reporting_currency = '{{ var("reporting_currency") }}'

),

-- The reporting currency needs no rate; for others an old rate is no rate.
candidates as (

    select
        documents.currency,
        documents.document_date,
        rates.rate_to_reporting,
        rates.valid_from,
        row_number() over (
            partition by documents.currency, documents.document_date
            order by rates.valid_from desc nulls last
        ) as rate_rank

    from documents

    left join rates
        on
            documents.currency = rates.currency
            and documents.document_date >= rates.valid_from
            and {{ days_between('rates.valid_from', 'documents.document_date') }}
            <= {{ var('fx_max_age_days') }}

    where documents.currency is not null and documents.document_date is not null

),

chosen as (

    select
        currency,
        document_date,
        cast(case
            when currency = '{{ var("reporting_currency") }}' then 1
            else rate_to_reporting
        end as decimal(18, 8)) as rate_to_reporting

    from candidates

    where rate_rank = 1

)

select * from chosen
