{# Vendors' words to ours. A word nobody knows becomes unknown and is counted. #}

{% macro employment_type(column) -%}
    case {{ label(column) }}
        when 'direct hire' then 'perm'
        when 'permanent' then 'perm'
        when 'perm' then 'perm'
        when 'contract' then 'contract'
        when 'freelance' then 'contract'
        when 'contract to hire' then 'contract_to_hire'
        when 'contract-to-hire' then 'contract_to_hire'
        when 'temp to perm' then 'contract_to_hire'
        when 'temporary' then 'temp'
        when 'temp' then 'temp'
        else 'unknown'
    end
{%- endmacro %}

{% macro salary_unit(column) -%}
    case replace({{ label(column) }}, 'per ', '')
        when 'year' then 'year'
        when 'yearly' then 'year'
        when 'annual' then 'year'
        when 'annum' then 'year'
        when 'month' then 'month'
        when 'monthly' then 'month'
        when 'week' then 'week'
        when 'weekly' then 'week'
        when 'day' then 'day'
        when 'daily' then 'day'
        when 'hour' then 'hour'
        when 'hourly' then 'hour'
        else 'unknown'
    end
{%- endmacro %}

{# Agencies name their stages freely; the words in them are alike. The order
   matters: a rejected offer was turned down by the candidate. #}
{% macro status_group(column) -%}
    case
        when {{ column }} is null then 'unknown'
        when {{ column }} like '%withdr%' then 'withdrawn'
        when {{ column }} like '%declin%' then 'withdrawn'
        when {{ column }} like '%offer%reject%' then 'withdrawn'
        when {{ column }} like '%reject%' then 'rejected'
        when {{ column }} like '%not selected%' then 'rejected'
        when {{ column }} like '%unsuitable%' then 'rejected'
        when {{ column }} like '%disqualif%' then 'rejected'
        when {{ column }} like '%placed%' then 'hired'
        when {{ column }} like '%placement%' then 'hired'
        when {{ column }} like '%hired%' then 'hired'
        when {{ column }} like '%offer%' then 'offer'
        when {{ column }} like '%interview%' then 'interview'
        when {{ column }} like '%submi%' then 'submitted'
        when {{ column }} like '%presented%' then 'submitted'
        when {{ column }} like '%cv sent%' then 'submitted'
        when {{ column }} like '%screen%' then 'screening'
        when {{ column }} like '%review%' then 'screening'
        when {{ column }} like '%shortlist%' then 'screening'
        when {{ column }} like '%appl%' then 'applied'
        when {{ column }} like '%new lead%' then 'applied'
        when {{ column }} like '%response%' then 'applied'
        else 'unknown'
    end
{%- endmacro %}

{# Xero's document states; only authorised and paid ones are posted. #}
{% macro document_status(column) -%}
    case {{ label(column) }}
        when 'draft' then 'draft'
        when 'submitted' then 'submitted'
        when 'authorised' then 'authorised'
        when 'paid' then 'paid'
        when 'voided' then 'voided'
        when 'deleted' then 'deleted'
        else 'unknown'
    end
{%- endmacro %}

{% macro is_posted(status) -%}
    {{ status }} in ('authorised', 'paid')
{%- endmacro %}

{% macro placement_status(column) -%}
    case {{ label(column) }}
        when 'approved' then 'approved'
        when 'completed' then 'completed'
        when 'terminated' then 'terminated'
        when 'submitted' then 'submitted'
        when 'canceled' then 'canceled'
        when 'cancelled' then 'canceled'
        else 'unknown'
    end
{%- endmacro %}

{# Triggers as the surveys' hidden field names them; the audience in
   relationship_client is told by respondent_kind. #}
{% macro survey_trigger(column) -%}
    case
        when {{ label(column) }} like 'relationship%' then 'relationship'
        when {{ label(column) }} in (
            'application', 'interview', 'rejection', 'placement_start',
            'placement_30d', 'placement_90d', 'job_close'
        ) then {{ label(column) }}
        else 'unknown'
    end
{%- endmacro %}

{% macro respondent_kind(column) -%}
    case {{ label(column) }}
        when 'candidate' then 'candidate'
        when 'client' then 'client'
        when 'contact' then 'client'
        else 'unknown'
    end
{%- endmacro %}

{# Types of documents as Xero documents them (Types and codes). Null for none. #}
{% macro document_kind(column, known) -%}
    case
        when {{ label(column) }} in ('{{ known | join("', '") }}')
            then {{ label(column) }}
        when {{ label(column) }} is not null then 'unknown'
    end
{%- endmacro %}

{% macro invoice_kind(column) -%}
    {{ document_kind(column, ['accrec', 'accpay']) }}
{%- endmacro %}

{% macro credit_note_kind(column) -%}
    {{ document_kind(column, ['accreccredit', 'accpaycredit']) }}
{%- endmacro %}

{% macro bank_transaction_kind(column) -%}
    {{ document_kind(column, [
        'receive', 'receive-overpayment', 'receive-prepayment',
        'receive-transfer', 'spend', 'spend-overpayment', 'spend-prepayment',
        'spend-transfer'
    ]) }}
{%- endmacro %}
