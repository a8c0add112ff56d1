{# Every landing entity that has a staging model, by vendor. #}
{% macro staged_entities() -%}
    {{ return({
        'bullhorn': [
            'corporate_users', 'candidates', 'client_corporations',
            'client_contacts', 'leads', 'opportunities', 'job_orders',
            'job_submissions', 'job_submission_history', 'placements', 'notes'
        ],
        'typeform': ['forms', 'responses'],
        'xero': [
            'contacts', 'accounts', 'invoices', 'credit_notes', 'payments',
            'bank_transactions'
        ],
        'files': ['survey_answers'],
        'own': ['answers']
    }) }}
{%- endmacro %}
