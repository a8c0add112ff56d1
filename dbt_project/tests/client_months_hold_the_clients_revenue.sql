-- All revenue and all started placements of companies that were ever invoiced,
-- to the last digit: nobody leaves by merging into another.
with

companies as (

    select * from {{ ref('dim_companies') }}

),

clients as (

    select distinct
        tenant_id,
        company_id as client_id

    from {{ ref('fct_client_months') }}

),

events as (

    select
        tenant_id,
        company_id,
        reporting_amount as amount,
        0 as placements

    from {{ ref('fct_revenue') }}

    where
        document_date
        between cast('1990-01-01' as date) and {{ as_of_date() }}

    union all

    select
        tenant_id,
        company_id,
        0 as amount,
        1 as placements

    from {{ ref('fct_placements') }}

    where
        is_started
        and start_date between cast('1990-01-01' as date) and {{ as_of_date() }}

),

expected as (

    select
        events.tenant_id,
        sum(events.amount) as amount,
        sum(events.placements) as placements

    from events

    inner join companies
        on
            events.tenant_id = companies.tenant_id
            and events.company_id = companies.company_id

    inner join clients
        on
            companies.tenant_id = clients.tenant_id
            and companies.top_company_id = clients.client_id

    group by events.tenant_id

),

held as (

    select
        tenant_id,
        sum(net_fee_amount) as amount,
        sum(placements_started) as placements

    from {{ ref('fct_client_months') }}

    group by tenant_id

)

select
    held.*,
    expected.amount as expected_amount,
    expected.placements as expected_placements
from held
left join expected
    on held.tenant_id = expected.tenant_id
where
    held.amount <> coalesce(expected.amount, 0)
    or held.placements <> coalesce(expected.placements, 0)
    or expected.tenant_id is null
