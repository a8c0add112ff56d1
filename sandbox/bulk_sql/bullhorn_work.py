"""Bullhorn's work: jobs, submissions and their history, placements, notes."""

QUERIES = {
    "job_orders": """
with jobs as (
    select j, client, opened, decided, is_contract, yearly, pay_rate from hires
    union all
    -- A sixth of all jobs is never filled.
    select
        n, (hash(n, 'client', {seed}) % {clients})::bigint, 20 + u(n, 'opened') * 900, null,
        false, 50000, 40
    from range({hires}, {hires} + {hires} // 5) as unfilled(n)
)
select
    2000001 + j as record_id,
    office_ms(coalesce(decided, opened), j) as version_ms,
    'upsert' as op,
    to_json({{
        'id': 2000001 + j, 'title': 'Data Engineer', 'clientCorporation': to_ref(client_id(client)),
        'clientContact': to_ref(contact_id(client * 2)),
        'employmentType': if(is_contract, 'Contract', 'Direct Hire'),
        'status': if(decided is null, 'Accepting Candidates', 'Filled'),
        'isOpen': decided is null, 'numOpenings': 1,
        'feeArrangement': [15.0, 18.0, 20.0, 22.0, 25.0][1 + (client % 5)::int],
        'salary': if(is_contract, pay_rate, yearly)::double,
        'salaryUnit': if(is_contract, 'Per Hour', 'Per Year'), 'source': 'Existing Client',
        'owner': to_ref(user_id(client)), 'dateAdded': office_ms(opened, j),
        'dateClosed': office_ms(decided, j), 'isDeleted': false,
        'dateLastModified': office_ms(coalesce(decided, opened), j)
    }}) as payload
from jobs
""",
    "job_submissions": """
select
    4000001 + s as record_id,
    office_ms(decided, s) as version_ms,
    'upsert' as op,
    to_json({{
        'id': 4000001 + s, 'candidate': to_ref(candidate_id(candidate)),
        'jobOrder': to_ref(2000001 + j), 'status': if(is_hired, 'Placed', 'Client Rejected'),
        'source': null::varchar, 'sendingUser': to_ref(user_id(s)),
        'dateAdded': office_ms(sent, s), 'dateWebResponse': null::bigint, 'isDeleted': false,
        'dateLastModified': office_ms(decided, s)
    }}) as payload
from submissions
""",
    "job_submission_history": """
with steps as (
    select
        s,
        unnest(if(is_hired, [0, 1, 2, 3], [0, 1, 4])) as step,
        sent,
        decided
    from submissions
),
dated as (
    select
        s,
        step,
        900000001 + s * 5 + step as id,
        case step
            when 0 then sent when 1 then sent + 4 when 2 then decided - 1 else decided
        end as day
    from steps
)
select
    id as record_id,
    office_ms(day, s) as version_ms,
    'upsert' as op,
    to_json({{
        'id': id, 'jobSubmission': to_ref(4000001 + s),
        'status': ['Submitted', 'Interview Scheduled', 'Offer Extended', 'Placed',
            'Client Rejected'][step + 1],
        'modifyingUser': to_ref(user_id(s)), 'dateAdded': office_ms(day, s)
    }}) as payload
from dated
""",
    "placements": """
select
    placement_id as record_id,
    if(stayed is null, office_ms(decided, j), office_ms(begins + stayed + 1, j)) as version_ms,
    'upsert' as op,
    to_json({{
        'id': placement_id, 'candidate': to_ref(candidate_id(j)), 'jobOrder': to_ref(2000001 + j),
        'jobSubmission': to_ref(4000001 + j * 3),
        'status': case when stayed is null then 'Approved' when is_contract then 'Completed'
            else 'Terminated' end,
        'employmentType': if(is_contract, 'Contract', 'Direct Hire'),
        'dateBegin': day_ms(begins), 'dateEnd': day_ms(begins + stayed),
        'employmentStartDate': day_ms(begins),
        'salary': if(is_contract, pay_rate, yearly)::double,
        'salaryUnit': if(is_contract, 'Per Hour', 'Per Year'),
        'fee': if(is_contract, 0.0, fee)::double,
        'payRate': if(is_contract, pay_rate, null)::double,
        'clientBillRate': if(is_contract, round(pay_rate * 1.2, 2), null)::double,
        'daysGuaranteed': if(is_contract, 0, 90), 'daysProRated': if(is_contract, 0, 30),
        'terminationReason': if(stayed is not null and not is_contract, 'Resigned', null),
        'referralFee': if(referrer is not null, 750, null),
        'referralFeeType': if(referrer is not null, 'Flat', null),
        'owner': to_ref(user_id(client)), 'dateAdded': office_ms(decided, j),
        'dateLastModified':
            if(stayed is null, office_ms(decided, j), office_ms(begins + stayed + 1, j))
    }}) as payload
from hires
""",
    "notes": """
with written as (
    select
        8000001 + s as id, 'Rejection Feedback' as action, candidate_id(candidate) as person,
        office_ms(decided + 1, s) as ms, s
    from submissions
    where has_feedback
    union all
    select
        700000001 + j, 'Follow-up Call', candidate_id(j), office_ms(begins + 11, j), j
    from hires
    where u(j, 'called') < 0.4
)
select
    id as record_id,
    ms as version_ms,
    'upsert' as op,
    to_json({{
        'id': id, 'action': action, 'personReference': to_ref(person),
        'commentingPerson': to_ref(user_id(s)),
        'candidates': {{'total': 1, 'data': [{{'id': person}}]}},
        'clientContacts': {{'total': 0, 'data': []::bigint[]}},
        'comments': 'Spoke about the role.', 'isDeleted': false, 'dateAdded': ms,
        'dateLastModified': ms
    }}) as payload
from written
""",
}
