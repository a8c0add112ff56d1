"""Bullhorn's people and companies: users, candidates, clients, contacts, leads, opportunities."""

QUERIES = {
    "corporate_users": """
select
    user_id(n) as record_id,
    day_ms(0) as version_ms,
    'upsert' as op,
    to_json({{
        'id': user_id(n), 'firstName': first_name(n), 'lastName': last_name(n),
        'email': lower(first_name(n) || '.' || last_name(n)) || n || '@agency.example',
        'enabled': true, 'isDeleted': false, 'dateLastModified': day_ms(0)
    }}) as payload
from range({users}) as users(n)
""",
    "candidates": """
with known as (
    select
        n,
        coalesce(hires.channel, channel_of(u(n, 'channel'))) as channel,
        n - {hires} as late,
        coalesce(
            greatest(hires.opened - 1 - floor(u(n, 'arrives') * 18), 0),
            (n - {hires}) * 1000.0 / ({candidates} - {hires})
        ) as arrived,
        hires.referrer as hired_referrer,
        hires.decided,
        hires.j is not null as is_hired,
        hires.j is null and u(n, 'merged') < 0.004 as is_merged
    from range({candidates}) as people(n)
    left join hires on hires.j = n
),
referred as (
    select
        *,
        coalesce(
            hired_referrer,
            case when channel = 'referral' and not is_hired and late > 50 and u(n, 'linked') < 0.75
                then floor(
                    u(n, 'referrer') * {hires} * 0.8 * late / ({candidates} - {hires})
                )::bigint
            end
        ) as referrer
    from known
)
select
    candidate_id(n) as record_id,
    office_ms(coalesce(decided, arrived), n) as version_ms,
    if(is_merged, 'merge', 'upsert') as op,
    to_json({{
        'id': candidate_id(n), 'firstName': first_name(n), 'lastName': last_name(n),
        'email': lower(first_name(n) || '.' || last_name(n)) || n || '@mail.example',
        'phone': '+44 7700 9' || lpad((n % 100000)::varchar, 5, '0'),
        'mobile': null::varchar,
        'status': if(is_hired, 'Placed', 'New Lead'),
        'source': if(referrer is not null and u(n, 'conflict') < 0.1,
            'LinkedIn', source_of(channel, n)),
        'referredBy': if(channel = 'referral' and referrer is null and u(n, 'text') < 0.5,
            first_name(n + 7) || ' ' || last_name(n + 7), null),
        'referredByPerson': to_ref(candidate_id(referrer)),
        'owner': to_ref(user_id(n)), 'occupation': 'Data Engineer',
        'isDeleted': is_merged, 'isAnonymized': false,
        'linkedPerson': to_ref(if(is_merged, candidate_id(n - 1), null)),
        'dateAdded': office_ms(arrived, n),
        'dateLastModified': office_ms(coalesce(decided, arrived), n)
    }}) as payload
from referred
""",
    "client_corporations": """
select
    client_id(n) as record_id,
    day_ms(n % 400) as version_ms,
    'upsert' as op,
    to_json({{
        'id': client_id(n), 'name': last_name(n) || ' ' || n || ' Ltd',
        'companyURL': 'https://www.client-' || n || '.example', 'status': 'Active',
        'parentClientCorporation': to_ref(if(n > 10 and n % 29 = 0, client_id(n // 2), null)),
        'externalID': 'C-' || lpad(n::varchar, 7, '0'),
        'feeArrangement': [15.0, 18.0, 20.0, 22.0, 25.0][1 + (n % 5)::int],
        'dateAdded': day_ms(n % 400), 'dateLastModified': day_ms(n % 400)
    }}) as payload
from range({clients}) as clients(n)
""",
    "client_contacts": """
select
    contact_id(n) as record_id,
    day_ms((n // 2) % 400) as version_ms,
    'upsert' as op,
    to_json({{
        'id': contact_id(n), 'firstName': first_name(n + 31), 'lastName': last_name(n + 17),
        'email': lower(first_name(n + 31)) || n || '@client-' || (n // 2) || '.example',
        'phone': null::varchar, 'clientCorporation': to_ref(client_id(n // 2)),
        'source': if(u(n // 2, 'won') < 0.34, 'Referral', 'LinkedIn'),
        'referredByPerson': to_ref(if(u(n // 2, 'won') < 0.34 and n % 2 = 0,
            candidate_id(floor(u(n, 'referrer') * {hires} * 0.3)::bigint), null)),
        'owner': to_ref(user_id(n // 2)), 'occupation': 'Hiring Manager', 'status': 'Active',
        'isDeleted': false, 'isAnonymized': false, 'linkedPerson': to_ref(null::bigint),
        'dateAdded': day_ms((n // 2) % 400), 'dateLastModified': day_ms((n // 2) % 400)
    }}) as payload
from range({clients} * 2) as contacts(n)
""",
    "leads": """
select
    lead_id(n) as record_id,
    day_ms(n % 400) as version_ms,
    'upsert' as op,
    to_json({{
        'id': lead_id(n), 'firstName': first_name(2 * n + 31), 'lastName': last_name(2 * n + 17),
        'email': lower(first_name(2 * n + 31)) || (2 * n) || '@client-' || n || '.example',
        'companyName': last_name(n) || ' ' || n || ' Ltd',
        'clientCorporation': to_ref(client_id(n)),
        'leadSource': if(u(n, 'won') < 0.34, 'Referral', 'LinkedIn'),
        'campaignSource': null::varchar, 'conversionSource': 'Opportunity',
        'referredByPerson': to_ref(if(u(n, 'won') < 0.34,
            candidate_id(floor(u(2 * n, 'referrer') * {hires} * 0.3)::bigint), null)),
        'owner': to_ref(user_id(n)), 'status': 'Converted', 'isDeleted': false,
        'dateAdded': greatest(day_ms(n % 400 - 40), day_ms(0)), 'dateLastModified': day_ms(n % 400)
    }}) as payload
from range({clients}) as leads(n)
""",
    "opportunities": """
select
    301 + n as record_id,
    day_ms(n % 400) as version_ms,
    'upsert' as op,
    to_json({{
        'id': 301 + n, 'title': last_name(n) || ' preferred supplier',
        'clientCorporation': to_ref(client_id(n)), 'clientContact': to_ref(contact_id(2 * n)),
        'lead': to_ref(lead_id(n)), 'source': if(u(n, 'won') < 0.34, 'Referral', 'LinkedIn'),
        'campaignSource': null::varchar, 'status': 'Closed-Won',
        'expectedFee': 5000.0, 'dealValue': 25000.0, 'actualCloseDate': day_ms(n % 400),
        'isDeleted': false, 'owner': to_ref(user_id(n)),
        'dateAdded': greatest(day_ms(n % 400 - 30), day_ms(0)), 'dateLastModified': day_ms(n % 400)
    }}) as payload
from range({clients}) as opportunities(n)
""",
}
