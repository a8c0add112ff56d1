"""Typeform's responses, in the landing payload's shape. Forms come from the small agency."""

_ASKED = """
with asked as (
    select 'application' as form, s as n, sent + 2 as day, 'candidate' as audience,
        to_json({{'respondent_kind': 'candidate', 'candidate_id': candidate_id(candidate)::varchar,
            'job_submission_id': (4000001 + s)::varchar, 'trigger': 'application'}}) as hidden,
        u(s, 'feels_a') as x
    from submissions where u(s, 'asked_a') < 0.17
    union all
    select 'interview', s, sent + 7, 'candidate',
        to_json({{'respondent_kind': 'candidate', 'candidate_id': candidate_id(candidate)::varchar,
            'job_submission_id': (4000001 + s)::varchar, 'trigger': 'interview'}}),
        u(s, 'feels_i')
    from submissions where u(s, 'asked_i') < 0.18
    union all
    -- Feedback lifts the share of promoters.
    select 'rejection', s, decided + 5, 'candidate',
        to_json({{'respondent_kind': 'candidate', 'candidate_id': candidate_id(candidate)::varchar,
            'job_submission_id': (4000001 + s)::varchar, 'trigger': 'rejection'}}),
        if(has_feedback, u(s, 'feels_r'), 0.35 + 0.65 * u(s, 'feels_r'))
    from submissions where not is_hired and u(s, 'asked_r') < 0.45
    union all
    select 'placement_start', j, begins + 8, 'candidate',
        to_json({{'respondent_kind': 'candidate', 'candidate_id': candidate_id(j)::varchar,
            'placement_id': placement_id::varchar, 'trigger': 'placement_start'}}),
        0.8 * u(j, 'feels_p')
    from hires where coalesce(stayed, 999) > 10 and u(j, 'asked_p') < 0.55
    union all
    select 'placement_90d', j, begins + 94, 'candidate',
        to_json({{'respondent_kind': 'candidate', 'candidate_id': candidate_id(j)::varchar,
            'placement_id': placement_id::varchar, 'trigger': 'placement_90d'}}),
        0.8 * u(j, 'feels_p')
    from hires
    where coalesce(stayed, 999) > 100 and begins < 930 and u(j, 'asked_9') < 0.45
    union all
    select 'job_close', j, decided + 4, 'client',
        to_json({{'respondent_kind': 'client', 'contact_id': contact_id(client * 2)::varchar,
            'company_id': client_id(client)::varchar, 'trigger': 'job_close'}}),
        u(client, 'warmth')
    from hires where u(j, 'asked_j') < 0.3
    union all
    select 'relationship_client', n * 6 + wave, 64 + wave * 183 + n % 20, 'client',
        to_json({{'respondent_kind': 'client', 'contact_id': contact_id(n)::varchar,
            'company_id': client_id(n // 2)::varchar, 'trigger': 'relationship_client'}}),
        0.7 * u(n // 2, 'warmth') + 0.3 * u(n * 6 + wave, 'mood')
    from range({clients} * 2) as contacts(n), range(5) as waves(wave)
    where u(n * 6 + wave, 'asked_c') < 0.5
),
scored as (
    select
        *,
        replace(guid(form, n), '-', '') as token,
        office_ms(day, n) as ms,
        case when u(n, form) < 0.05 then null when x < 0.42 then 9 + (hash(n) % 2)::int
            when x < 0.7 then 7 + (hash(n) % 2)::int else 1 + (hash(n) % 6)::int end as score
    from asked
),
"""

_WRITTEN = """
written as (
    select
        *,
        strftime(epoch_ms(ms), '%Y-%m-%dT%H:%M:%SZ') as given_at,
        if(form = 'relationship_client', 'opinion_scale', 'nps') as nps_type,
        list_filter([
            if(score is null, null, to_json({{'field': {{'id': form || '_nps', 'ref': 'nps',
                'type': nps_type}}, 'type': 'number', 'number': score}})),
            to_json({{'field': {{'id': form || '_com', 'ref': 'communication',
                'type': 'opinion_scale'}}, 'type': 'number',
                'number': least(5, 1 + coalesce(score, 5) // 2)}})
        ], lambda answer: answer is not null) as answers
    from scored
)
select
    token as record_id,
    ms as version_ms,
    'upsert' as op,
    to_json({{
        'form_id': form,
        'response': {{
            'landing_id': token, 'token': token, 'response_id': token,
            'response_type': 'completed', 'landed_at': given_at, 'submitted_at': given_at,
            'metadata': {{'platform': 'other'}}, 'hidden': hidden,
            'calculated': {{'score': 0}}, 'answers': answers
        }}
    }}) as payload
from written
"""

QUERIES = {"responses": _ASKED + _WRITTEN}
