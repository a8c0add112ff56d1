with

placements as (

    select
        tenant_id,
        source_record_id,
        min(placement_id) as placement_id

    from {{ ref('int_placements') }}

    group by tenant_id, source_record_id

    having count(*) = 1

),

costs as (

    select
        lines.line_id as vendor_cost_id,
        {{ provenance('lines') }},
        lines.document_id,
        lines.document_type,
        lines.xero_contact_id as vendor_id,
        placements.placement_id,
        lines.account_code,
        lines.channel,
        lines.status,
        lines.currency,
        lines.line_number,
        lines.amount,
        lines.tax_amount,
        lines.is_posted,
        lines.document_date

    from {{ ref('int_document_lines') }} as lines
    left join placements
        on
            lines.tenant_id = placements.tenant_id
            and lines.placement_record_id = placements.source_record_id

    where lines.document_type in ('bill', 'supplier_credit', 'bank_spend')

)

select * from costs
