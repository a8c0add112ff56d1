with

receivable_lines as (

    select *

    from {{ ref('int_invoice_lines') }}

    where is_posted

),

categories as (

    select * from {{ ref('cost_category_map') }}

),

in_notes as (

    select vendor_cost_id

    from {{ ref('refunds_in_credit_notes') }}

),

-- Contractors' pay and money returned through the bank against an income
-- account lower the net fee. Refunds of credit notes are in the notes already.
deductions as (

    select
        vendor_costs.*,
        categories.cost_category

    from {{ ref('int_vendor_costs') }} as vendor_costs

    inner join categories
        on
            vendor_costs.account_code = categories.account_code
            and split_part(vendor_costs.source_entity, '.', 1)
            = categories.source_system

    left join in_notes
        on vendor_costs.vendor_cost_id = in_notes.vendor_cost_id

    where
        vendor_costs.is_posted
        and in_notes.vendor_cost_id is null
        and categories.cost_category in ('contractor_pay', 'revenue_refund')

),

placements as (

    select * from {{ ref('int_placements') }}

),

rates as (

    select * from {{ ref('document_rates') }}

),

lines as (

    select
        invoice_line_id as revenue_line_id,
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        document_id,
        document_type,
        company_id,
        placement_id,
        account_code,
        currency,
        amount,
        document_date

    from receivable_lines

    union all

    select
        vendor_cost_id as revenue_line_id,
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        document_id,
        cost_category as document_type,
        cast(null as string) as company_id,
        placement_id,
        account_code,
        currency,
        -amount as amount,
        document_date

    from deductions

),

converted as (

    select

        ---------- ids
        lines.revenue_line_id,
        lines.tenant_id,
        lines.source_relation,
        lines.source_entity,
        lines.source_record_id,
        lines.document_id,
        coalesce(lines.company_id, placements.company_id) as company_id,
        lines.placement_id,

        ---------- strings
        lines.document_type,
        lines.account_code,
        case
            when lines.placement_id is null then 'no_placement'
            when placements.is_started then 'started_placement'
            else 'placement_not_started'
        end as placement_state,
        lines.currency,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        cast(lines.amount as decimal(18, 4)) as amount,
        cast(
            lines.amount * rates.rate_to_reporting as decimal(18, 4)
        ) as reporting_amount,
        rates.rate_to_reporting,

        ---------- booleans
        rates.rate_to_reporting is null as is_unconverted,

        ---------- dates
        lines.document_date,
        {{ month_of('lines.document_date') }} as document_month

    from lines

    left join placements
        on lines.placement_id = placements.placement_id

    left join rates
        on
            lines.currency = rates.currency
            and lines.document_date = rates.document_date

)

select * from converted
