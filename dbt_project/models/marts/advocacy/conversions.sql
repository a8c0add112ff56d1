with

placements as (

    select *

    from {{ ref('int_placements') }}

    where is_started

),

companies as (

    select * from {{ ref('int_companies') }}

),

revenue as (

    select * from {{ ref('fct_revenue') }}

),

placement_revenue as (

    select
        placement_id,
        sum(reporting_amount) as net_fee_amount

    from revenue

    where placement_id is not null

    group by placement_id

),

client_revenue as (

    select
        company_id,
        sum(reporting_amount) as net_fee_amount

    from revenue

    where company_id is not null

    group by company_id

),

-- Subsidiaries and merged companies count as one client.
clients as (

    select
        companies.tenant_id,
        companies.top_company_id,
        min(companies.first_invoice_date) as first_invoice_date,
        sum(client_revenue.net_fee_amount) as net_fee_amount

    from companies

    left join client_revenue
        on companies.company_id = client_revenue.company_id

    group by companies.tenant_id, companies.top_company_id

),

placed as (

    select
        placements.tenant_id,
        'placement:' || placements.placement_id as conversion_id,
        'candidate' as subject_kind,
        placements.person_id as subject_id,
        placements.placement_id,
        cast(null as string) as company_id,
        placements.start_date as converted_date,
        placement_revenue.net_fee_amount

    from placements

    left join placement_revenue
        on placements.placement_id = placement_revenue.placement_id

),

won as (

    select
        tenant_id,
        'client:' || top_company_id as conversion_id,
        'client' as subject_kind,
        top_company_id as subject_id,
        cast(null as string) as placement_id,
        top_company_id as company_id,
        first_invoice_date as converted_date,
        net_fee_amount

    from clients

    where first_invoice_date <= {{ as_of_date() }}

),

unioned as (

    select * from placed

    union all

    select * from won

),

final as (

    select
        tenant_id,
        conversion_id,
        subject_kind,
        subject_id,
        placement_id,
        company_id,
        converted_date,
        cast(
            coalesce(net_fee_amount, 0) as decimal(18, 4)
        ) as net_fee_amount

    from unioned

)

select * from final
