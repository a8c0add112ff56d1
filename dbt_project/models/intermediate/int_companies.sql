with

links as (

    select * from {{ ref('int_company_links') }}

),

corporations as (

    select
        record.company_id,
        {{ provenance('record') }},
        record.parent_company_id,
        record.customer_code,
        record.company_name,
        record.domain,
        record.status,
        record.fee_fraction,
        false as is_billing_only,
        record.added_at

    from {{ ref('stg_bullhorn__client_corporations') }} as record

    where {{ usable('record') }}

),

billing_only as (

    select
        links.company_id,
        {{ provenance('record') }},
        cast(null as string) as parent_company_id,
        record.customer_code,
        -- A contact may be a person, whose name does not belong here.
        cast(null as string) as company_name,
        cast(null as string) as domain,
        record.status,
        cast(null as decimal(18, 4)) as fee_fraction,
        true as is_billing_only,
        cast(null as timestamp) as added_at

    from links
    inner join {{ ref('stg_xero__contacts') }} as record
        on links.company_record_id = record.xero_contact_id

    where links.company_id = links.company_record_id

),

companies as (

    select * from corporations
    union all
    select * from billing_only

),

parents as (

    select
        child.company_id as record_id,
        parent.company_id as merged_into_id

    from companies as child
    inner join companies as parent
        on child.parent_company_id = parent.company_id

    where child.company_id <> parent.company_id

),

{{ followed_merges('ancestors', 'parents') }},

billing_customers as (

    select
        company_id,
        min(company_record_id) as billing_customer_id

    from links

    where rule <> 'own_record'

    group by company_id

),

posted as (

    select
        links.company_id,
        invoices.currency,
        invoices.document_date,
        invoices.document_id

    from {{ ref('stg_xero__invoices') }} as invoices
    inner join links
        on invoices.xero_contact_id = links.company_record_id

    where
        invoices.document_kind = 'accrec'
        and {{ usable('invoices') }}
        and {{ is_posted('invoices.status') }}

),

ranked as (

    select
        company_id,
        currency,
        row_number() over (
            partition by company_id
            order by document_date desc nulls last, document_id desc nulls last
        ) as newest_rank,
        min(document_date) over (partition by company_id)
            as first_invoice_date

    from posted

),

billing as (

    select * from ranked

    where newest_rank = 1

),

described as (

    select
        companies.company_id,
        {{ provenance('companies') }},
        parents.merged_into_id as parent_company_id,
        coalesce(ancestors.survivor_id, companies.company_id)
            as top_company_id,
        billing_customers.billing_customer_id,
        companies.customer_code,
        companies.company_name,
        companies.domain,
        companies.status,
        billing.currency as billing_currency,
        companies.fee_fraction,
        billing.company_id is not null as is_client,
        companies.is_billing_only,
        billing.first_invoice_date,
        companies.added_at

    from companies
    left join parents
        on companies.company_id = parents.record_id
    left join ancestors
        on companies.company_id = ancestors.record_id
    left join billing_customers
        on companies.company_id = billing_customers.company_id
    left join billing
        on companies.company_id = billing.company_id

)

select * from described
