{# One select per record that carries a source value, in one shape. A new place
   where a vendor writes a source is one more row of this list. #}

{% macro sourced_touchpoints() %}
    {% set places = [
        ('person', 'int_people', 'person_id', 'candidate', 'person_id',
         none, 'candidate_source', 'first_seen_at', 'source_category', 2),
        ('application', 'int_applications', 'application_id', 'candidate',
         'person_id', none, 'source', 'applied_at', 'source_category', 2),
        ('contact', 'int_contacts', 'contact_id', 'client', none,
         'company_id', 'source', 'added_at', 'source_category', 2),
        ('lead', 'int_leads', 'lead_id', 'client', none,
         'company_id', 'source', 'added_at', 'source_category', 2),
        ('lead_campaign', 'int_leads', 'lead_id', 'client', none,
         'company_id', 'campaign_source', 'added_at', 'campaign', 0),
        ('opportunity', 'int_opportunities', 'opportunity_id', 'client', none,
         'company_id', 'source', 'opened_at', 'source_category', 2),
        ('opportunity_campaign', 'int_opportunities', 'opportunity_id',
         'client', none, 'company_id', 'campaign_source', 'opened_at',
         'campaign', 0),
        ('survey', 'int_survey_responses', 'response_id', 'respondent',
         'person_id', 'company_id', 'who_told_you', 'submitted_at',
         'survey_answer', 1),
    ] %}
    {% for prefix, model, key, kind, person, company, source, at, evidence,
        strength in places %}
    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        '{{ prefix }}:' || {{ key }} as touchpoint_id,
        {% if kind == 'respondent' -%}
        respondent_kind
        {%- else -%}
        '{{ kind }}'
        {%- endif %} as subject_kind,
        {{ person if person else 'cast(null as string)' }}
            as person_id,
        {{ company if company else 'cast(null as string)' }}
            as company_id,
        recruiter_id,
        '{{ evidence }}' as evidence,
        {{ strength }} as evidence_strength,
        lower(trim({{ source }})) as raw_channel,
        {{ at }} as touched_at
    from {{ ref(model) }}
    where
        nullif(trim({{ source }}), '') is not null
        {% if kind == 'respondent' -%}
        and respondent_kind in ('candidate', 'client')
        {% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
