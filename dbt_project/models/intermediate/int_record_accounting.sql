-- noqa: disable=LT02
{# Per entity: the models that stand on its records, and the condition (on the
   staging model) under which a record is left out on purpose. #}
{% set accounts = {
    'bullhorn.corporate_users': [['int_recruiters'], '1 = 0', ''],
    'bullhorn.candidates': [['int_person_members'], 'is_deleted', 'deleted'],
    'bullhorn.client_corporations': [['int_companies'], 'is_deleted', 'deleted'],
    'bullhorn.client_contacts': [['int_person_members'], 'is_deleted', 'deleted'],
    'bullhorn.leads': [['int_leads'], 'is_deleted', 'deleted'],
    'bullhorn.opportunities': [['int_opportunities'], 'is_deleted', 'deleted'],
    'bullhorn.job_orders': [['int_jobs'], 'is_deleted', 'deleted'],
    'bullhorn.job_submissions': [['int_applications'], 'is_deleted', 'deleted'],
    'bullhorn.job_submission_history': [
        ['int_stage_events'],
        'is_deleted or application_id is null or application_id not in ('
        ~ 'select application_id from ' ~ ref('int_applications') ~ ')',
        'the submission was deleted or is unknown'
    ],
    'bullhorn.placements': [['int_placements'], 'is_deleted', 'deleted'],
    'bullhorn.notes': [['int_notes'], 'is_deleted', 'deleted'],
    'typeform.forms': [['int_survey_forms'], 'is_deleted', 'deleted'],
    'typeform.responses': [['int_survey_responses'], 'is_deleted', 'deleted'],
    'files.survey_answers': [['int_survey_responses'], 'is_deleted', 'deleted'],
    'own.answers': [['int_survey_responses'], 'is_deleted', 'deleted'],
    'xero.contacts': [['int_company_links', 'int_vendors'], 'is_deleted', 'deleted'],
    'xero.accounts': [['int_accounts'], 'is_deleted', 'deleted'],
    'xero.invoices': [
        ['int_document_lines'],
        "is_deleted or coalesce(document_kind = 'unknown', false)",
        'deleted, or of an unknown type'
    ],
    'xero.credit_notes': [
        ['int_document_lines'],
        "is_deleted or coalesce(document_kind = 'unknown', false)",
        'deleted, or of an unknown type'
    ],
    'xero.payments': [['int_payments'], 'is_deleted', 'deleted'],
    'xero.bank_transactions': [
        ['int_document_lines'],
        "is_deleted or coalesce(document_kind, 'none') <> 'spend'",
        'deleted, or not money spent'
    ]
} %}

with

rejected as (

    select distinct
        tenant_id,
        source_relation,
        source_entity,
        source_record_id

    from {{ ref('int_rejected_records') }}

),

landed as (
{% for entity in accounts %}
    {%- set vendor, name = entity.split('.') %}
    select distinct
        tenant_id,
        source as source_relation,
        '{{ entity }}' as source_entity,
        record_id as source_record_id
    from {{ source(vendor, name) }}
    union
{%- endfor %}
    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id
    from rejected

),

staged as (
{% for entity, account in accounts.items() %}
    {%- set vendor, name = entity.split('.') %}
    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        reject_reason is null and ({{ account[1] }}) as may_be_excluded
    from {{ ref('stg_' ~ vendor ~ '__' ~ name) }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}
),

modelled as (
{%- set models = [] %}
{%- for account in accounts.values() %}
    {%- for model in account[0] if model not in models %}
        {%- do models.append(model) %}
    {%- endfor %}
{%- endfor %}
{% for model in models %}
    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id
    from {{ ref(model) }}
    {% if not loop.last %}
    union
    {% endif %}
{%- endfor %}
),

{% set key = 'tenant_id, source_relation, source_entity, source_record_id' %}

traced as (

    select
        landed.tenant_id,
        landed.source_relation,
        landed.source_entity,
        landed.source_record_id,
        staged.source_record_id is not null as is_staged,
        modelled.source_record_id is not null as is_modelled,
        rejected.source_record_id is not null as is_rejected,
        coalesce(staged.may_be_excluded, false) as may_be_excluded

    from landed
    left join staged using ({{ key }})
    left join modelled using ({{ key }})
    left join rejected using ({{ key }})

),

counted as (

    select
        tenant_id,
        source_relation,
        source_entity,
        count(*) as landed,
        count(*) filter (where is_staged) as staged,
        count(*) filter (where is_modelled and not is_rejected) as modelled,
        count(*) filter (where is_rejected) as rejected,
        count(*) filter (
            where may_be_excluded and not is_modelled and not is_rejected
        ) as excluded

    from traced

    group by tenant_id, source_relation, source_entity

),

explained as (

    select
        source_relation || ':' || source_entity as record_accounting_id,
        tenant_id,
        source_relation,
        source_entity,
        cast(landed as bigint) as landed,
        cast(staged as bigint) as staged,
        cast(modelled as bigint) as modelled,
        cast(rejected as bigint) as rejected,
        cast(excluded as bigint) as excluded,
        case
            when excluded > 0 then
                case source_entity
                    {% for entity, account in accounts.items() -%}
                    when '{{ entity }}' then '{{ account[2] }}'
                    {% endfor %}
                end
        end as excluded_reasons,
        cast(landed - modelled - rejected - excluded as bigint)
            as unaccounted

    from counted

)

select * from explained
