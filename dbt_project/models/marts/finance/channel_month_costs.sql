with

costs as (

    select *

    from {{ ref('fct_costs') }}

    where
        is_recruiting_cost
        and not is_unconverted
        and document_date <= {{ as_of_date() }}

),

monthly as (

    select
        tenant_id,
        channel,
        document_month,
        cast(sum(reporting_amount) as decimal(18, 4)) as loaded_cost

    from costs

    group by tenant_id, channel, document_month

)

select * from monthly
