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

families as (

    select
        corporations.tenant_id,
        corporations.company_id,
        corporations.customer_code,
        corporations.domain,
        lpad(corporations.source_record_id, 40, '0') as record_order,
        coalesce(ancestors.survivor_id, corporations.company_id) as family_id

    from corporations
    left join ancestors
        on corporations.company_id = ancestors.record_id

),

-- What a billing contact may have in common with a corporation. A host at
-- which anybody can be is nobody's.
traits as (

    select
        'customer_code' as rule,
        tenant_id,
        customer_code as trait,
        company_id,
        family_id,
        record_order
    from families
    where customer_code is not null
    union all
    select
        'company_domain' as rule,
        tenant_id,
        domain as trait,
        company_id,
        family_id,
        record_order
    from families
    where domain is not null and not {{ is_public_host('domain') }}

),

-- Several corporations may share a code or a host only within one family.
owners as (

    select
        rule,
        tenant_id,
        trait,
        count(distinct family_id) as families,
        min(family_id) as family_id,
        min_by(company_id, record_order) as company_id

    from traits

    group by rule, tenant_id, trait

),

receivables as (

    select
        tenant_id,
        xero_contact_id,
        placement_record_id
    from {{ ref('stg_xero__invoices') }}
    where document_kind = 'accrec' and {{ usable() }}
    union all
    select
        tenant_id,
        xero_contact_id,
        placement_record_id
    from {{ ref('stg_xero__credit_notes') }}
    where document_kind = 'accreccredit' and {{ usable() }}

),

billed as (

    select distinct xero_contact_id

    from receivables

),

-- The clients of the placements that a contact's documents name.
placed as (

    select
        placements.tenant_id,
        placements.source_record_id as placement_record_id,
        min(families.company_id) as company_id,
        min(families.family_id) as family_id

    from {{ ref('stg_bullhorn__placements') }} as placements
    inner join {{ ref('stg_bullhorn__job_orders') }} as jobs
        on placements.job_id = jobs.job_id
    inner join families
        on jobs.company_id = families.company_id

    where {{ usable('placements') }} and {{ usable('jobs') }}

    group by placements.tenant_id, placements.source_record_id

    having count(*) = 1

),

referenced as (

    select
        receivables.xero_contact_id,
        count(distinct placed.family_id) as families,
        min(placed.family_id) as family_id,
        case
            when count(distinct placed.company_id) = 1
                then min(placed.company_id)
            else min(placed.family_id)
        end as company_id

    from receivables
    inner join placed
        on
            receivables.tenant_id = placed.tenant_id
            and receivables.placement_record_id = placed.placement_record_id

    group by receivables.xero_contact_id

),

found as (

    select
        record.*,
        coded.families as code_families,
        referenced.families as reference_families,
        hosted.families as domain_families,
        case when coded.families = 1 then coded.company_id end
            as code_company_id,
        case when coded.families = 1 then coded.family_id end
            as code_family_id,
        case when referenced.families = 1 then referenced.company_id end
            as reference_company_id,
        case when referenced.families = 1 then referenced.family_id end
            as reference_family_id,
        case when hosted.families = 1 then hosted.company_id end
            as domain_company_id,
        case when hosted.families = 1 then hosted.family_id end
            as domain_family_id,
        billed.xero_contact_id is not null or record.is_customer
            as is_receivable

    from {{ ref('stg_xero__contacts') }} as record
    left join owners as coded
        on
            record.tenant_id = coded.tenant_id
            and record.customer_code = coded.trait
            and coded.rule = 'customer_code'
    left join owners as hosted
        on
            record.tenant_id = hosted.tenant_id
            and record.domain = hosted.trait
            and hosted.rule = 'company_domain'
    left join referenced
        on record.xero_contact_id = referenced.xero_contact_id
    left join billed
        on record.xero_contact_id = billed.xero_contact_id

    where {{ usable('record') }}

),

-- The agency's own code first, then what its invoices name, then the host. A
-- weaker rule that names another family changes nothing and is told.
customers as (

    select
        xero_contact_id as company_record_id,
        {{ provenance('found') }},
        coalesce(
            code_company_id,
            reference_company_id,
            domain_company_id,
            xero_contact_id
        ) as company_id,
        case
            when code_company_id is not null then 'customer_code'
            when reference_company_id is not null then 'billing_reference'
            when domain_company_id is not null then 'company_domain'
            when code_families > 1 then 'ambiguous_code'
            when reference_families > 1 then 'ambiguous_reference'
            when domain_families > 1 then 'ambiguous_domain'
            else 'billing_only'
        end as rule,
        case
            when
                code_family_id <> reference_family_id
                or (code_family_id is not null and reference_families > 1)
                then 'billing_reference'
            when
                coalesce(code_family_id, reference_family_id)
                <> domain_family_id then 'company_domain'
        end as contradicted_by

    from found

    where code_company_id is not null or is_receivable

),

linked as (

    select
        company_id as company_record_id,
        {{ provenance('corporations') }},
        company_id,
        'own_record' as rule,
        cast(null as string) as contradicted_by

    from corporations

    union all

    select * from customers

)

select * from linked
