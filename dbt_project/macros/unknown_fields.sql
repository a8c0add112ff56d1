{#
  Names of the fields that hold a word no rule knows, as an array; empty when
  there are none. A field is [name, column, enumeration]. A field without any
  value is not among them, and the value itself is never told.
#}
{% macro unknown_fields(fields) -%}
    {%- set enumerations = {
        'bank_transaction_kind': bank_transaction_kind,
        'credit_note_kind': credit_note_kind,
        'document_status': document_status,
        'employment_type': employment_type,
        'invoice_kind': invoice_kind,
        'placement_status': placement_status,
        'respondent_kind': respondent_kind,
    } -%}
    {%- set found = [] -%}
    {%- for name, column, enumeration in fields -%}
        {%- do found.append(
            'case when ' ~ text(column) ~ ' is not null and '
            ~ enumerations[enumeration](column) ~ " = 'unknown' then '"
            ~ name ~ "' end"
        ) -%}
    {%- endfor -%}
    {{ array_of(found) }}
{%- endmacro %}
