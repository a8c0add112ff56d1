with

companies as (

    select * from {{ ref('int_companies') }}

),

described as (

    select

        ---------- ids
        company_id,
        tenant_id,
        parent_company_id,
        top_company_id,
        billing_customer_id,

        ---------- strings
        customer_code,
        company_name,
        status,
        billing_currency,

        ---------- booleans
        is_client,
        is_billing_only,

        ---------- dates
        first_invoice_date,
        cast(added_at as date) as added_date

    from companies

)

select * from described
