with

corporations as (

    select * from {{ ref('stg_bullhorn__client_corporations') }}

    where {{ usable() }}

),

parents as (

    select
        child.company_id as record_id,
        parent.company_id as merged_into_id

    from corporations as child
    inner join corporations as parent
        on child.parent_company_id = parent.company_id

    where child.company_id <> parent.company_id

),

{{ followed_merges('ancestors', 'parents') }},

-- Several corporations may share a code only within one family.
codes as (

    select
        corporations.tenant_id,
        corporations.customer_code,
        min(lpad(corporations.source_record_id, 40, '0')) as first_record,
        count(distinct coalesce(ancestors.survivor_id, corporations.company_id))
            as families

    from corporations
    left join ancestors
        on corporations.company_id = ancestors.record_id

    where corporations.customer_code is not null

    group by corporations.tenant_id, corporations.customer_code

),

owners as (

    select
        codes.tenant_id,
        codes.customer_code,
        codes.families,
        corporations.company_id

    from codes
    inner join corporations
        on
            codes.tenant_id = corporations.tenant_id
            and codes.customer_code = corporations.customer_code
            and codes.first_record
            = lpad(corporations.source_record_id, 40, '0')

),

billed as (

    select xero_contact_id from {{ ref('stg_xero__invoices') }}
    where document_kind = 'accrec' and {{ usable() }}
    union
    select xero_contact_id from {{ ref('stg_xero__credit_notes') }}
    where document_kind = 'accreccredit' and {{ usable() }}

),

customers as (

    select
        record.xero_contact_id as company_record_id,
        {{ provenance('record') }},
        case
            when owners.families = 1 then owners.company_id
            else record.xero_contact_id
        end as company_id,
        case
            when owners.families = 1 then 'customer_code'
            when owners.families > 1 then 'ambiguous_code'
            else 'billing_only'
        end as rule

    from {{ ref('stg_xero__contacts') }} as record
    left join owners
        on
            record.tenant_id = owners.tenant_id
            and record.customer_code = owners.customer_code
    left join billed
        on record.xero_contact_id = billed.xero_contact_id

    where
        {{ usable('record') }}
        and (
            owners.families = 1
            or billed.xero_contact_id is not null
            or record.is_customer
        )

),

linked as (

    select
        company_id as company_record_id,
        {{ provenance('corporations') }},
        company_id,
        'own_record' as rule

    from corporations

    union all

    select * from customers

)

select * from linked
