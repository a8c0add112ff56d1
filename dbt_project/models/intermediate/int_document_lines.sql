-- noqa: disable=LT02,LT05
{% set documents = {
    'stg_xero__invoices': {'accrec': 'invoice', 'accpay': 'bill'},
    'stg_xero__credit_notes': {
        'accreccredit': 'credit_note', 'accpaycredit': 'supplier_credit'
    },
    'stg_xero__bank_transactions': {'spend': 'bank_spend'}
} %}

with

documents as (
{% for model, kinds in documents.items() %}
    select
        {{ provenance('record') }},
        record.document_id,
        record.xero_contact_id,
        record.placement_record_id,
        record.status,
        record.line_amount_types,
        record.currency,
        record.subtotal_amount,
        record.tax_amount,
        record.document_date,
        record.lines,
        case record.document_kind
            {%- for sent, ours in kinds.items() %}
            when '{{ sent }}' then '{{ ours }}'
            {%- endfor %}
        end as document_type

    from {{ ref(model) }} as record

    where
        {{ usable('record') }}
        and record.document_kind in ('{{ kinds | join("', '") }}')
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
),

itemised as (

    select
        {{ provenance('exploded') }},
        document_id,
        document_type,
        xero_contact_id,
        placement_record_id,
        status,
        currency,
        document_date,
        line_number,
        {{ text('line.AccountCode') }} as account_code,
        {{ text('line.ItemCode') }} as item_code,
        {{ label(
            first_match(
                'line.Tracking', 'tracking',
                "lower(trim(tracking.Name)) = 'channel'"
            ) ~ '.Option'
        ) }} as channel,
        cast(
            coalesce({{ money('line.LineAmount') }}, 0)
            - case
                when line_amount_types = 'inclusive'
                    then coalesce({{ money('line.TaxAmount') }}, 0)
                else 0
            end as decimal(18, 4)
        ) as net_amount,
        cast(
            coalesce({{ money('line.TaxAmount') }}, 0) as decimal(18, 4)
        ) as net_tax_amount

    from {{ exploded('documents', 'lines', 'line', 'line_number') }} as exploded

),

-- A document without lines counts as one line of its subtotal.
whole_documents as (

    select
        {{ provenance('documents') }},
        document_id,
        document_type,
        xero_contact_id,
        placement_record_id,
        status,
        currency,
        document_date,
        0 as line_number,
        cast(null as string) as account_code,
        cast(null as string) as item_code,
        cast(null as string) as channel,
        cast(coalesce(subtotal_amount, 0) as decimal(18, 4)) as net_amount,
        cast(coalesce(tax_amount, 0) as decimal(18, 4)) as net_tax_amount

    from documents

    where {{ element_count('lines') }} = 0

),

lines as (

    select * from itemised
    union all
    select * from whole_documents

),

signed as (

    select
        document_id || ':' || cast(line_number as string) as line_id,
        {{ provenance('lines') }},
        document_id,
        document_type,
        xero_contact_id,
        placement_record_id,
        account_code,
        item_code,
        channel,
        status,
        currency,
        line_number,
        case
            when document_type in ('credit_note', 'supplier_credit')
                then cast(-net_amount as decimal(18, 4))
            else net_amount
        end as amount,
        case
            when document_type in ('credit_note', 'supplier_credit')
                then cast(-net_tax_amount as decimal(18, 4))
            else net_tax_amount
        end as tax_amount,
        {{ is_posted('status') }} as is_posted,
        document_date

    from lines

)

select * from signed
