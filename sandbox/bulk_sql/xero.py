"""Xero's contacts, documents and payments. Accounts come from the small agency."""

# One row per document, before it takes Xero's shape.
DOCUMENTS = """
create table documents as
with raw as (
    select
        'fee' as kind, j as n, 'ACCREC' as type, 'client' as party_kind, client as party,
        begins + 2 as day, round(yearly * fee, 2) as net, '200' as account,
        null::varchar as channel, 'PL-' || placement_id as reference, currency
    from hires where not is_contract
    union all
    -- Billed twice by mistake, voided: keeps its totals.
    select 'void', j, 'ACCREC', 'client', client, begins + 2, round(yearly * fee, 2), '200',
        null, 'PL-' || placement_id, currency
    from hires where not is_contract and u(j, 'void') < 0.05
    union all
    select 'month', j * 8 + m, 'ACCREC', 'client', client, begins + 28 + m * 30,
        round(pay_rate * 1.2 * (120 + hash(j, m) % 48), 2), '201', null,
        'PL-' || placement_id, currency
    from hires, range(5) as months(m)
    where is_contract and m * 30 <= coalesce(stayed, 150) and begins + 28 + m * 30 < 1034
    union all
    select 'pay', j * 8 + m, 'ACCPAY', 'contractor', j, begins + 28 + m * 30,
        round(pay_rate * (120 + hash(j, m) % 48), 2), '310', null, 'PL-' || placement_id, currency
    from hires, range(5) as months(m)
    where is_contract and m * 30 <= coalesce(stayed, 150) and begins + 28 + m * 30 < 1034
    union all
    select 'bounty', j, 'ACCPAY', 'supplier', j % 50, begins + 2, 750, '412', 'referral',
        'PL-' || placement_id, 'GBP'
    from hires where referrer is not null
    union all
    -- Per hire, so that a channel's direct cost per hire is what was planned.
    select 'spend', j, 'ACCPAY', 'supplier', 100 + hash(channel) % 9, decided - 10,
        case channel when 'job_board' then 2400 when 'linkedin' then 1900 when 'advert' then 2100
            when 'event' then 1700 when 'partner_agency' then 2800 else 600 end,
        case channel when 'job_board' then '400' when 'linkedin' then '404'
            when 'event' then '420' else '401' end, channel, '', 'GBP'
    from hires
    where channel in ('job_board', 'linkedin', 'advert', 'event', 'partner_agency', 'careers_site')
    union all
    select 'shared', n, 'ACCPAY', 'supplier', 200 + n % 7, floor(u(n, 'billed') * 1030),
        round(200 + u(n, 'net') * 800, 2),
        ['404', '405', '408', '416', '429', '429'][1 + (n % 6)::int],
        null, '', 'GBP'
    from range({hires} * 6 // 10) as bills(n)
)
select
    *,
    guid(kind, n) as id,
    upper(kind) || '-' || n as number,
    if(currency = 'GBP' and account <> '412', round(net * 0.2, 2), 0.0) as tax,
    case
        when kind = 'void' then 'VOIDED' when day > 990 then 'AUTHORISED' else 'PAID'
    end as status,
    case party_kind when 'client' then 'Client ' else 'Supplier ' end || party as party_name,
    least(office_ms(if(kind <> 'void' and day <= 990, day + 30, day), n), day_ms(1034)) as updated
from raw;
"""

_CONTACT = "{{'ContactID': guid(party_kind, party), 'Name': party_name}}"
_MONEY = """
        'DateString': strftime(epoch_ms(day_ms(day)), '%Y-%m-%dT00:00:00'),
        'Date': '/Date(' || day_ms(day) || '+0000)/', 'Status': status,
        'LineAmountTypes': if(tax = 0, 'NoTax', 'Exclusive'),
        'LineItems': [{{
            'LineItemID': guid(kind || 'line', n), 'Description': kind, 'Quantity': 1.0,
            'UnitAmount': net::double, 'LineAmount': net::double, 'TaxAmount': tax::double,
            'AccountCode': account,
            'Tracking': if(channel is null, [], [{{'Name': 'Channel', 'Option': channel}}])
        }}],
        'SubTotal': net::double, 'TotalTax': tax::double, 'Total': (net + tax)::double,
        'UpdatedDateUTC': '/Date(' || updated || '+0000)/', 'CurrencyCode': currency,
        'CurrencyRate': if(currency = 'GBP', 1.0, 1.17)::double
"""

QUERIES = {
    "contacts": """
with parties as (
    select 'client' as kind, n, 'C-' || lpad(n::varchar, 7, '0') as code, 'Client ' || n as name
    from range({clients}) as clients(n)
    union all
    select distinct party_kind, party, null, party_name from documents where party_kind <> 'client'
)
select
    guid(kind, n) as record_id,
    day_ms(0) as version_ms,
    'upsert' as op,
    to_json({{
        'ContactID': guid(kind, n), 'ContactNumber': code, 'ContactStatus': 'ACTIVE', 'Name': name,
        'IsSupplier': kind <> 'client', 'IsCustomer': kind = 'client',
        'DefaultCurrency': if(kind = 'client' and n % 5 = 0, 'EUR', 'GBP'),
        'UpdatedDateUTC': '/Date(' || day_ms(0) || '+0000)/'
    }}) as payload
from parties
order by kind, n
""",
    "invoices": f"""
select
    id as record_id,
    updated as version_ms,
    'upsert' as op,
    to_json({{{{
        'Type': type, 'InvoiceID': id, 'InvoiceNumber': number, 'Reference': reference,
        'AmountDue': if(status = 'AUTHORISED', net + tax, 0)::double,
        'AmountPaid': if(status = 'PAID', net + tax, 0)::double, 'AmountCredited': 0.0::double,
        'Contact': {_CONTACT}, {_MONEY}
    }}}}) as payload
from documents
""",
    "credit_notes": f"""
with notes as (
    select
        documents.* replace (
            'credit' as kind, 'CN-' || hires.j as number, guid('credit', hires.j) as id,
            hires.begins + hires.stayed + 14 as day,
            round(documents.net * share, 2) as net,
            if(
                documents.currency = 'GBP', round(round(documents.net * share, 2) * 0.2, 2), 0.0
            ) as tax,
            'AUTHORISED' as status,
            least(office_ms(hires.begins + hires.stayed + 14, hires.j), day_ms(1034)) as updated
        ),
        documents.id as invoice_id
    from (
        select *, if(stayed <= 30, 1.0, (90 - stayed) / 90.0) as share from hires where is_fall_off
    ) as hires
    inner join documents on documents.kind = 'fee' and documents.n = hires.j
    where share > 0 and hires.begins + hires.stayed + 14 < 1034
)
select
    id as record_id,
    updated as version_ms,
    'upsert' as op,
    to_json({{{{
        'CreditNoteID': id, 'CreditNoteNumber': number, 'Type': 'ACCRECCREDIT',
        'Reference': reference, 'RemainingCredit': 0.0::double,
        'Allocations': [{{{{'Amount': (net + tax)::double,
            'Date': '/Date(' || day_ms(day) || '+0000)/',
            'Invoice': {{{{'InvoiceID': invoice_id}}}}}}}}],
        'Contact': {_CONTACT}, {_MONEY}
    }}}}) as payload
from notes
order by n
""",
    "payments": """
select
    guid('payment' || kind, n) as record_id,
    updated as version_ms,
    'upsert' as op,
    to_json({{
        'PaymentID': guid('payment' || kind, n),
        'Date': '/Date(' || day_ms(day + 30) || '+0000)/', 'Amount': (net + tax)::double,
        'BankAmount': (net + tax)::double, 'Reference': number,
        'CurrencyRate': if(currency = 'GBP', 1.0, 1.17)::double,
        'PaymentType': type || 'PAYMENT', 'Status': 'AUTHORISED',
        'UpdatedDateUTC': '/Date(' || updated || '+0000)/', 'IsReconciled': true,
        'Account': {{'Code': '090'}},
        'Invoice': {{'Type': type, 'InvoiceID': id, 'InvoiceNumber': number,
            'CurrencyCode': currency}}
    }}) as payload
from documents
where status = 'PAID' and kind in ('fee', 'month', 'spend')
""",
    # As many as the other entities leave of the number of records asked for.
    "bank_transactions": """
select
    guid('bank', n) as record_id,
    office_ms(u(n, 'day') * 1030, n) as version_ms,
    'upsert' as op,
    to_json({{
        'BankTransactionID': guid('bank', n), 'Type': 'SPEND', 'IsReconciled': true,
        'Contact': {{'ContactID': guid('supplier', 200 + n % 7),
            'Name': 'Supplier ' || (200 + n % 7)}},
        'DateString': strftime(epoch_ms(day_ms(u(n, 'day') * 1030)), '%Y-%m-%d 00:00:00'),
        'Date': '/Date(' || day_ms(u(n, 'day') * 1030) || '+0000)/', 'Status': 'AUTHORISED',
        'LineAmountTypes': 'NoTax',
        'LineItems': [{{'LineItemID': guid('bankline', n), 'Description': 'Card', 'Quantity': 1.0,
            'UnitAmount': 10.0::double + n % 90, 'LineAmount': 10.0::double + n % 90,
            'TaxAmount': 0.0, 'AccountCode': '416', 'Tracking': []::varchar[]}}],
        'SubTotal': 10.0::double + n % 90, 'TotalTax': 0.0::double, 'Total': 10.0::double + n % 90,
        'UpdatedDateUTC': '/Date(' || office_ms(u(n, 'day') * 1030, n) || '+0000)/',
        'CurrencyCode': 'GBP'
    }}) as payload
from range({remainder}) as transactions(n)
""",
}
