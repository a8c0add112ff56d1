"""Base tables of the bulk agency: one row per hire, and chance as a hash of what it is about.

Placeholders: {hires}, {candidates}, {clients}, {users}, {seed}.
"""

# u(n, topic): evenly spread over 0..1; the topic keeps questions about one row independent.
MACROS = """
create macro u(n, topic) as (hash(n, topic, {seed}) % 1000000) / 1e6;
create macro day_ms(days) as (1704067200000 + floor(days)::bigint * 86400000);
create macro office_ms(days, n) as (
    day_ms(days) + 28800000 + (hash(n, {seed}) % 36000)::bigint * 1000);
create macro to_ref(n) as case when n is null then null else {{'id': n}} end;
create macro candidate_id(n) as (1000001 + n)::bigint;
create macro contact_id(n) as (500000001 + n)::bigint;
create macro lead_id(n) as (800000001 + n)::bigint;
create macro user_id(n) as (101 + n % {users})::bigint;
create macro client_id(n) as (1001 + n)::bigint;
create macro guid(kind, n) as (md5(kind || ':' || n || ':{seed}')::uuid)::varchar;
create macro first_name(n) as ({first}[1 + (hash(n, 'first') % {first_count})::int]);
create macro last_name(n) as ({last}[1 + (hash(n, 'last') % {last_count})::int]);
create macro channel_of(x) as case
    when x < 0.24 then 'referral' when x < 0.51 then 'job_board' when x < 0.68 then 'linkedin'
    when x < 0.76 then 'careers_site' when x < 0.83 then 'agency_database'
    when x < 0.88 then 'advert' when x < 0.92 then 'event' when x < 0.95 then 'partner_agency'
    when x < 0.98 then 'direct' else 'unknown' end;
create macro source_of(channel, n) as case channel
    when 'referral' then 'Referral'
    when 'job_board' then if(n % 2 = 0, 'Job Board - Indeed', 'Job Board - Totaljobs')
    when 'linkedin' then 'LinkedIn' when 'careers_site' then 'Careers Site'
    when 'agency_database' then 'Database' when 'advert' then 'Google Ads'
    when 'event' then 'Event' when 'partner_agency' then 'Partner Agency'
    when 'direct' then 'Direct' else 'Other - see notes' end;
"""

HIRES = """
create table hires as
with drawn as (
    select
        j,
        (hash(j, 'client', {seed}) % {clients})::bigint as client,
        -- Hired candidates come by referral more often than others.
        channel_of(u(j, 'channel') * 0.86) as channel,
        20 + j * 900.0 / {hires} as opened,
        j % 7 = 3 as is_contract,
        28000 + floor(u(j, 'salary') * 67) * 1000 as yearly
    from range({hires}) as jobs(j)
),
dated as (
    select
        *,
        opened + 18 + floor(u(j, 'decided') * 32) as decided,
        floor(opened + 18 + floor(u(j, 'decided') * 32) + 10 + u(j, 'starts') * 35) as begins
    from drawn
),
left_early as (
    select
        *,
        case when channel = 'referral' and j > 20 and u(j, 'linked') < 0.75
            then floor(u(j, 'referrer') * j * 0.9)::bigint end as referrer,
        case
            when is_contract then floor(60 + u(j, 'stay') * 140)
            when u(j, 'falls') < if(channel = 'referral', 0.04, 0.17)
                then floor(3 + u(j, 'stay') * 86)
            when u(j, 'leaves') < if(channel = 'referral', 0.06, 0.18)
                then floor(100 + u(j, 'stay') * 250)
        end as stayed
    from dated
)
select
    * replace (if(begins + stayed < 1030, stayed, null) as stayed),
    6001 + j as placement_id,
    not is_contract and stayed <= 90 and begins + stayed < 1030 as is_fall_off,
    [0.15, 0.18, 0.2, 0.22, 0.25][1 + (client % 5)::int] as fee,
    if(client % 5 = 0, 'EUR', 'GBP') as currency,
    round(28 + u(j, 'rate') * 30) as pay_rate
from left_early;
"""

# Three candidates are put forward for every job that is filled; the first is hired.
SUBMISSIONS = """
create table submissions as
select
    s,
    s // 3 as j,
    s % 3 = 0 as is_hired,
    if(
        s % 3 = 0, s // 3,
        -- Mirrored at the first, who would else be put forward by the thousand.
        {hires} + floor(({candidates} - {hires}) * abs(
            (s // 3) * 0.9 / {hires} - 0.12 * u(s, 'who')))::bigint
    ) as candidate,
    hires.opened + 2 + floor(u(s, 'sent') * 7) as sent,
    hires.decided,
    s % 3 <> 0 and u(s, 'feedback') < 0.5 as has_feedback
from range({hires} * 3) as subs(s)
inner join hires on hires.j = s // 3
order by s;
"""
