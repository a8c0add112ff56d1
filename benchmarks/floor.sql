-- The public marts straight from landing: what one careful script needs, and no less.
--
-- Neither incremental nor tested nor gated, and only what reaches a mart is read: notes,
-- payments and accounts stay where they are. Ties, rejects and merges follow dbt_project.
-- Variables, set by the caller: <vendor>_<entity> (lists of landing files), seeds (folder),
-- secret, as_of (date), reporting_currency, out (folder).

set timezone = 'UTC';
set preserve_insertion_order = false;

---------- words and numbers out of text

create macro txt(x) as nullif(trim(x), '');
create macro label(x) as nullif(lower(trim(x)), '');
create macro money(x) as try_cast(x as decimal(18, 4));
create macro whole(x) as case
    when money(x) = floor(money(x)) and abs(money(x)) < 2000000000 then money(x)::int end;
create macro fraction(x) as case
    when money(x) > 1 then (money(x) / 100)::decimal(18, 4) else money(x) end;
create macro flag(x) as case lower(trim(x))
    when 'true' then true when '1' then true when 'false' then false when '0' then false end;
create macro instant(x) as epoch_ms(try_cast(txt(x) as bigint));
create macro xero_date(text, ms) as coalesce(
    try_cast(substring(text, 1, 10) as date),
    instant(regexp_extract(ms, '[(](-?[0-9]+)', 1))::date);
create macro off_scale(x, low, high) as coalesce(
    money(x) not between low and high or money(x) <> floor(money(x)), true);

-- Present, and not what it should be: the record is rejected.
create macro no_number(x) as txt(x) is not null and money(x) is null;
create macro no_whole(x) as txt(x) is not null and whole(x) is null;
create macro no_flag(x) as txt(x) is not null and flag(x) is null;
create macro no_instant(x) as txt(x) is not null and instant(x) is null;

create macro as_of() as getvariable('as_of')::date;
create macro month_of(x) as date_trunc('month', x)::date;
create macro pseudonym(x) as substring(sha256(getvariable('secret') || '|' || x), 1, 32);
create macro is_posted(status) as label(status) in ('authorised', 'paid');
create macro employment_type(x) as case
    when label(x) in ('direct hire', 'permanent', 'perm') then 'perm'
    when label(x) in ('contract', 'freelance') then 'contract'
    when label(x) in ('contract to hire', 'contract-to-hire', 'temp to perm')
        then 'contract_to_hire'
    when label(x) in ('temporary', 'temp') then 'temp'
    else 'unknown' end;
create macro stage_group(x) as case
    when x is null then 'unknown'
    when x like '%withdr%' or x like '%declin%' or x like '%offer%reject%' then 'withdrawn'
    when x like '%reject%' or x like '%not selected%' or x like '%unsuitable%'
        or x like '%disqualif%' then 'rejected'
    when x like '%placed%' or x like '%placement%' or x like '%hired%' then 'hired'
    when x like '%offer%' then 'offer'
    when x like '%interview%' then 'interview'
    when x like '%submi%' or x like '%presented%' or x like '%cv sent%' then 'submitted'
    when x like '%screen%' or x like '%review%' or x like '%shortlist%' then 'screening'
    when x like '%appl%' or x like '%new lead%' or x like '%response%' then 'applied'
    else 'unknown' end;

-- The newest delivery of each record, with the key other records name it by. The payload is
-- read below the window: above it, a filter on `sent` would have it parsed twice.
create macro newest(files, shape) as table
    select * exclude (version, payload_sha256), source || ':' || record_id as id
    from (
        select
            tenant_id, source, record_id, version, op, payload_sha256,
            from_json(payload, shape) as sent
        from read_parquet(files)
    )
    qualify row_number() over (
        partition by tenant_id, source, record_id
        order by
            version desc nulls last, (op = 'upsert')::int, payload_sha256 desc nulls last, op
    ) = 1;

-- Where "merged into" (or "belongs to") pointers end, 32 steps far.
create macro followed(pointers) as table
    with recursive hops as (
        select id, target, 1 as hop from query_table(pointers)
        union all
        select hops.id, onward.target, hop + 1
        from hops inner join query_table(pointers) as onward on hops.target = onward.id
        where hop < 32
    )
    select id, arg_max(target, hop) as survivor from hops group by id;

---------- seeds

create temp table channel_map as
    from read_csv(getvariable('seeds') || '/channel_map.csv', all_varchar = true)
    select * replace (is_referral::boolean as is_referral, is_own_outreach::boolean as is_own_outreach);
create temp table categories as
    from read_csv(getvariable('seeds') || '/cost_category_map.csv', all_varchar = true)
    select * replace (
        is_recruiting_cost::boolean as is_recruiting_cost, is_internal::boolean as is_internal,
        is_comparable::boolean as is_comparable);
create temp table rates as
    from read_csv(getvariable('seeds') || '/fx_rates.csv', all_varchar = true)
    select currency, valid_from::date as valid_from, rate_to_reporting::decimal(18, 8) as rate
    where reporting_currency = getvariable('reporting_currency');

---------- people: two kinds of records, merged, then matched

create temp table recruiters as
    select id as recruiter_id
    from newest(getvariable('bullhorn_corporate_users'), '{"enabled":"VARCHAR","isDeleted":"VARCHAR"}')
    where op = 'delete' or not (no_flag(sent.enabled) or no_flag(sent.isDeleted));

create macro person() as '{
    "firstName":"VARCHAR","lastName":"VARCHAR","email":"VARCHAR","source":"VARCHAR",
    "referredBy":"VARCHAR","referredByPerson":{"id":"VARCHAR"},"owner":{"id":"VARCHAR"},
    "isDeleted":"VARCHAR","isAnonymized":"VARCHAR","linkedPerson":{"id":"VARCHAR"},
    "dateAdded":"VARCHAR","clientCorporation":{"id":"VARCHAR"}}';
create temp table person_records as
    with sent as (
        select *, 'candidate' as kind from newest(getvariable('bullhorn_candidates'), person())
        union all
        select *, 'contact' as kind
        from newest(getvariable('bullhorn_client_contacts'), person())
    ),
    typed as (
        select
            *,
            op = 'anonymise' or coalesce(flag(sent.isAnonymized), false) as is_anonymised,
            op = 'delete' or coalesce(flag(sent.isDeleted), false) as is_deleted
        from sent
        where op = 'delete' or not (
            no_instant(sent.dateAdded) or no_flag(sent.isDeleted) or no_flag(sent.isAnonymized))
    )
    select
        tenant_id, source as source_relation, record_id as source_record_id, id, kind,
        kind || ':' || id as person_record_id,
        tenant_id || '|' || source || ':' || lpad(record_id, 40, '0') || ':' || kind
            as natural_key,
        source || ':' || sent.owner.id as recruiter_id,
        source || ':' || sent.linkedPerson.id as merged_into,
        source || ':' || sent.referredByPerson.id as referrer,
        source || ':' || sent.clientCorporation.id as company_id,
        case when kind = 'candidate' then txt(sent.referredBy) end as referrer_text,
        case when not is_anonymised then nullif(lower(trim(
            coalesce(txt(sent.firstName), '') || ' ' || coalesce(txt(sent.lastName), ''))), '')
        end as name,
        case when not is_anonymised then label(sent.email) end as email,
        label(sent.source) as source,
        is_deleted, is_anonymised,
        instant(sent.dateAdded) as added_at
    from typed;

create temp table merges as
    select gone.person_record_id as id, coalesce(same.person_record_id, other.person_record_id) as target
    from person_records as gone
    left join person_records as same on gone.merged_into = same.id and gone.kind = same.kind
    left join person_records as other on gone.merged_into = other.id and gone.kind <> other.kind
    where
        gone.is_deleted and gone.merged_into is not null
        and coalesce(same.person_record_id, other.person_record_id) <> gone.person_record_id;

create temp table living as
    with ended as (
        select
            records.* exclude (is_deleted),
            coalesce(followed.survivor, records.person_record_id) as survivor,
            followed.id is not null as is_merged_away
        from person_records as records
        left join followed('merges') as followed on records.person_record_id = followed.id
    )
    select ended.*, survivor.natural_key as survivor_key
    from ended
    inner join person_records as survivor on ended.survivor = survivor.person_record_id
    where not survivor.is_deleted;

create temp table matches as
    select here.person_record_id as one, there.survivor as other
    from living as here
    inner join living as there on here.merged_into = there.id and here.kind <> there.kind
    where not here.is_merged_away
    union
    -- Several contacts share a mailbox, several candidates a family's address.
    select
        min(person_record_id) filter (kind = 'candidate'),
        min(person_record_id) filter (kind = 'contact')
    from living
    where not is_merged_away and email is not null
    group by tenant_id, email
    having count(*) filter (kind = 'candidate') = 1 and count(*) filter (kind = 'contact') = 1;

create temp table neighbours as
    select one as id, other from matches union select other, one from matches
    union select one, one from matches union select other, other from matches;
create macro oldest_neighbour(labels) as table
    select neighbours.id, min(labels.label) as label
    from neighbours inner join query_table(labels) as labels on neighbours.other = labels.id
    group by neighbours.id;
create temp table labels_0 as
    select neighbours.id, min(natural_key) as label
    from neighbours inner join person_records on neighbours.other = person_record_id
    group by neighbours.id;
create temp table labels_1 as from oldest_neighbour('labels_0');
create temp table labels_2 as from oldest_neighbour('labels_1');
create temp table labels_3 as from oldest_neighbour('labels_2');
create temp table labels_4 as from oldest_neighbour('labels_3');

create temp table links as
    with mailboxes as (
        select tenant_id, email from living
        where not is_merged_away and kind = 'contact' and email is not null
        group by tenant_id, email having count(*) > 1
    )
    select
        living.*,
        pseudonym(coalesce(labels.label, survivor_key)) as person_id,
        mailboxes.email is not null as is_shared_mailbox
    from living
    left join labels_4 as labels on living.survivor = labels.id
    left join mailboxes using (tenant_id, email);

create temp table people as
    select
        person_id,
        arg_min(tenant_id, natural_key) as tenant_id,
        arg_min(source_relation, natural_key) as source_relation,
        arg_min(kind, natural_key) as oldest_kind,
        arg_min(source_record_id, natural_key) as source_record_id,
        arg_min_null(links.recruiter_id, natural_key) as owner_id,
        arg_min_null(source, natural_key) filter (kind = 'candidate') as candidate_source,
        bool_or(kind = 'candidate') as is_candidate,
        bool_or(kind = 'contact') as is_contact,
        bool_or(is_anonymised) as is_anonymised,
        bool_or(is_shared_mailbox) as is_shared_mailbox,
        min(added_at) as first_seen_at
    from links
    group by person_id;

create temp table addresses as
    select
        tenant_id, email,
        case when min(person_id) = max(person_id) then min(person_id) end as person_id,
        bool_or(is_shared_mailbox) as is_shared_mailbox
    from links where email is not null group by tenant_id, email;

---------- companies and their billing customers

create temp table corporations as
    select
        tenant_id, record_id as company_number, id as company_id,
        source || ':' || sent.parentClientCorporation.id as parent_id,
        upper(txt(sent.externalID)) as customer_code,
        txt(sent.name) as company_name,
        label(sent.status) as status,
        instant(sent.dateAdded) as company_added_at
    from newest(getvariable('bullhorn_client_corporations'), '{
            "name":"VARCHAR","status":"VARCHAR","parentClientCorporation":{"id":"VARCHAR"},
            "externalID":"VARCHAR","feeArrangement":"VARCHAR","dateAdded":"VARCHAR"}')
    where op <> 'delete' and not (no_number(sent.feeArrangement) or no_instant(sent.dateAdded));

create temp table parents as
    select child.company_id as id, parent.company_id as target
    from corporations as child
    inner join corporations as parent on child.parent_id = parent.company_id
    where child.company_id <> parent.company_id;
create temp table ancestors as from followed('parents');

create macro document(files, ours) as table
    select
        tenant_id, source as source_relation, record_id as source_record_id, id as document_id,
        source || ':' || sent.Contact.ContactID as xero_contact_id,
        nullif(regexp_extract(upper(trim(sent.Reference)), '^PL-([0-9]+)$', 1), '') as placement_record_id,
        label(sent.Type) as kind,
        is_posted(sent.Status) as is_posted,
        label(sent.LineAmountTypes) = 'inclusive' as is_inclusive,
        upper(txt(sent.CurrencyCode)) as currency,
        money(sent.SubTotal) as subtotal,
        xero_date(sent.DateString, sent.Date) as document_date,
        sent.LineItems as lines,
        sent.Allocations as allocations
    from newest(files, '{
            "Type":"VARCHAR","Contact":{"ContactID":"VARCHAR"},"Status":"VARCHAR",
            "LineAmountTypes":"VARCHAR","Reference":"VARCHAR","CurrencyCode":"VARCHAR",
            "SubTotal":"VARCHAR","TotalTax":"VARCHAR","Total":"VARCHAR","AmountDue":"VARCHAR",
            "Date":"VARCHAR","DateString":"VARCHAR",
            "LineItems":[{"LineAmount":"VARCHAR","TaxAmount":"VARCHAR","AccountCode":"VARCHAR",
                "Tracking":[{"Name":"VARCHAR","Option":"VARCHAR"}]}],
            "Allocations":[{"Amount":"VARCHAR","Invoice":{"InvoiceID":"VARCHAR"}}]}')
    where
        op <> 'delete'
        and label(sent.Type) in ours
        and not (
            no_number(sent.SubTotal) or no_number(sent.TotalTax) or no_number(sent.Total)
            or no_number(sent.AmountDue)
            or coalesce(len(list_filter(
                sent.LineItems, lambda l: no_number(l.LineAmount) or no_number(l.TaxAmount))) > 0, false)
            or coalesce(len(list_filter(sent.Allocations, lambda a: no_number(a.Amount))) > 0, false)
        )
        and xero_date(sent.DateString, sent.Date) is not null;

create temp table documents as
    select * from document(getvariable('xero_invoices'), ['accrec', 'accpay'])
    union all
    select * from document(getvariable('xero_credit_notes'), ['accreccredit', 'accpaycredit'])
    union all
    select * from document(getvariable('xero_bank_transactions'), ['spend']);

create temp table customers as
    with codes as (
        select
            tenant_id, customer_code,
            arg_min(company_id, lpad(company_number, 40, '0')) as company_id,
            count(distinct coalesce(ancestors.survivor, company_id)) as families
        from corporations left join ancestors on company_id = ancestors.id
        where customer_code is not null group by tenant_id, customer_code
    ),
    contacts as (
        select
            tenant_id, id as xero_contact_id, upper(txt(sent.ContactNumber)) as customer_code,
            txt(sent.Name) as company_name, label(sent.ContactStatus) as status,
            coalesce(flag(sent.IsCustomer), false) as is_customer
        from newest(getvariable('xero_contacts'), '{
                "ContactNumber":"VARCHAR","Name":"VARCHAR","ContactStatus":"VARCHAR",
                "IsCustomer":"VARCHAR","IsSupplier":"VARCHAR"}')
        where op <> 'delete' and not (no_flag(sent.IsCustomer) or no_flag(sent.IsSupplier))
    )
    select
        contacts.*,
        case when families = 1 then codes.company_id else xero_contact_id end as company_id,
        coalesce(families, 0) <> 1 as is_billing_only
    from contacts left join codes using (tenant_id, customer_code)
    where families = 1 or is_customer or xero_contact_id in (
        select xero_contact_id from documents where kind in ('accrec', 'accreccredit'));

create temp table companies as
    with every as (
        select * exclude (parent_id), false as is_billing_only from corporations
        union all
        select
            tenant_id, null, company_id, customer_code, null, status, null, true
        from customers where is_billing_only
    ),
    billing_customers as (
        select company_id, min(xero_contact_id) as billing_customer_id from customers group by company_id
    ),
    billing as (
        select
            customers.company_id,
            arg_max_null(currency, {'date': document_date, 'id': document_id}) as currency,
            min(document_date) as first_invoice_date
        from documents inner join customers using (xero_contact_id)
        where documents.kind = 'accrec' and is_posted
        group by customers.company_id
    )
    select
        every.*,
        parents.target as parent_company_id,
        coalesce(ancestors.survivor, every.company_id) as top_company_id,
        billing_customer_id,
        billing.currency as billing_currency,
        billing.company_id is not null as is_client,
        first_invoice_date
    from every
    left join parents on every.company_id = parents.id
    left join ancestors on every.company_id = ancestors.id
    left join billing_customers on every.company_id = billing_customers.company_id
    left join billing on every.company_id = billing.company_id;

---------- work: contacts, leads, jobs, applications, placements

create temp table contacts as
    select
        links.tenant_id, links.source_relation, links.source_record_id, links.id as contact_id,
        links.person_id, companies.company_id, recruiters.recruiter_id, links.source, links.added_at
    from links
    left join companies on links.company_id = companies.company_id
    left join recruiters on links.recruiter_id = recruiters.recruiter_id
    where kind = 'contact' and not is_merged_away;

create temp table leads as
    select
        sent.tenant_id, sent.source_relation, sent.source_record_id, lead_id, addresses.person_id,
        companies.company_id, recruiters.recruiter_id, source, campaign_source, referrer,
        sent.added_at
    from (
        select
            tenant_id, source as source_relation, record_id as source_record_id, id as lead_id,
            source || ':' || sent.clientCorporation.id as company_id,
            source || ':' || sent.owner.id as recruiter_id,
            source || ':' || sent.referredByPerson.id as referrer,
            label(sent.email) as email, label(sent.leadSource) as source,
            label(sent.campaignSource) as campaign_source, instant(sent.dateAdded) as added_at
        from newest(getvariable('bullhorn_leads'), '{
                "email":"VARCHAR","clientCorporation":{"id":"VARCHAR"},"leadSource":"VARCHAR",
                "campaignSource":"VARCHAR","referredByPerson":{"id":"VARCHAR"},
                "owner":{"id":"VARCHAR"},"isDeleted":"VARCHAR","dateAdded":"VARCHAR"}')
        where
            op <> 'delete' and not coalesce(flag(sent.isDeleted), false)
            and not (no_instant(sent.dateAdded) or no_flag(sent.isDeleted))
    ) as sent
    left join addresses using (tenant_id, email)
    left join companies on sent.company_id = companies.company_id
    left join recruiters on sent.recruiter_id = recruiters.recruiter_id;

create temp table opportunities as
    select
        sent.tenant_id, sent.source_relation, sent.source_record_id, opportunity_id,
        companies.company_id, recruiters.recruiter_id, source, campaign_source, sent.added_at
    from (
        select
            tenant_id, source as source_relation, record_id as source_record_id,
            id as opportunity_id,
            source || ':' || sent.clientCorporation.id as company_id,
            source || ':' || sent.owner.id as recruiter_id,
            label(sent.source) as source, label(sent.campaignSource) as campaign_source,
            instant(sent.dateAdded) as added_at
        from newest(getvariable('bullhorn_opportunities'), '{
                "clientCorporation":{"id":"VARCHAR"},"source":"VARCHAR",
                "campaignSource":"VARCHAR","expectedFee":"VARCHAR","dealValue":"VARCHAR",
                "actualCloseDate":"VARCHAR","isDeleted":"VARCHAR","owner":{"id":"VARCHAR"},
                "dateAdded":"VARCHAR"}')
        where
            op <> 'delete' and not coalesce(flag(sent.isDeleted), false)
            and not (
                no_number(sent.expectedFee) or no_number(sent.dealValue)
                or no_instant(sent.actualCloseDate) or no_instant(sent.dateAdded)
                or no_flag(sent.isDeleted))
    ) as sent
    left join companies on sent.company_id = companies.company_id
    left join recruiters on sent.recruiter_id = recruiters.recruiter_id;

create temp table jobs as
    select job_id, companies.company_id, recruiters.recruiter_id, employment_type
    from (
        select
            id as job_id,
            source || ':' || sent.clientCorporation.id as company_id,
            source || ':' || sent.owner.id as recruiter_id,
            employment_type(sent.employmentType) as employment_type
        from newest(getvariable('bullhorn_job_orders'), '{
                "clientCorporation":{"id":"VARCHAR"},"employmentType":"VARCHAR",
                "isOpen":"VARCHAR","numOpenings":"VARCHAR","feeArrangement":"VARCHAR",
                "salary":"VARCHAR","owner":{"id":"VARCHAR"},"dateAdded":"VARCHAR",
                "dateClosed":"VARCHAR","isDeleted":"VARCHAR"}')
        where
            op <> 'delete' and not coalesce(flag(sent.isDeleted), false)
            and not (
                no_whole(sent.numOpenings) or no_number(sent.salary)
                or no_number(sent.feeArrangement) or no_instant(sent.dateClosed)
                or no_flag(sent.isOpen) or no_instant(sent.dateAdded) or no_flag(sent.isDeleted))
    ) as sent
    left join companies on sent.company_id = companies.company_id
    left join recruiters on sent.recruiter_id = recruiters.recruiter_id;

create temp table applications as
    select
        sent.tenant_id, sent.source_relation, sent.source_record_id, application_id,
        candidates.person_id, jobs.job_id, jobs.company_id,
        coalesce(senders.recruiter_id, jobs.recruiter_id) as recruiter_id,
        coalesce(sent.source, candidates.source) as source,
        applied_at
    from (
        select
            tenant_id, source as source_relation, record_id as source_record_id,
            id as application_id,
            source || ':' || sent.candidate.id as candidate_id,
            source || ':' || sent.jobOrder.id as job_id,
            source || ':' || sent.sendingUser.id as recruiter_id,
            label(sent.source) as source,
            coalesce(instant(sent.dateWebResponse), instant(sent.dateAdded)) as applied_at
        from newest(getvariable('bullhorn_job_submissions'), '{
                "candidate":{"id":"VARCHAR"},"jobOrder":{"id":"VARCHAR"},"source":"VARCHAR",
                "sendingUser":{"id":"VARCHAR"},"dateAdded":"VARCHAR",
                "dateWebResponse":"VARCHAR","isDeleted":"VARCHAR"}')
        where
            op <> 'delete' and not coalesce(flag(sent.isDeleted), false)
            and not (
                no_instant(sent.dateWebResponse) or no_instant(sent.dateAdded)
                or no_flag(sent.isDeleted))
    ) as sent
    left join (select id, person_id, source from links where kind = 'candidate') as candidates
        on sent.candidate_id = candidates.id
    left join jobs on sent.job_id = jobs.job_id
    left join recruiters as senders on sent.recruiter_id = senders.recruiter_id;

create temp table stage_events as
    with sent as (
        select
            tenant_id, source || ':' || sent.jobSubmission.id as application_id,
            label(sent.status) as stage, instant(sent.dateAdded) as entered_at
        from newest(getvariable('bullhorn_job_submission_history'), '{
                "jobSubmission":{"id":"VARCHAR"},"status":"VARCHAR","dateAdded":"VARCHAR"}')
        where op <> 'delete' and not no_instant(sent.dateAdded)
    ),
    -- A handful of stages: their many patterns are tried once each.
    stages as (
        select stage, stage_group(stage) as stage_group from (select distinct stage from sent)
        where stage_group(stage) in ('screening', 'submitted', 'interview', 'rejected')
    )
    select sent.tenant_id, person_id, stage_group, entered_at
    from sent inner join stages using (stage) inner join applications using (application_id);

create temp table placements as
    with sent as (
        select
            tenant_id, source as source_relation, record_id as source_record_id,
            id as placement_id,
            source || ':' || sent.candidate.id as candidate_id,
            source || ':' || sent.jobOrder.id as job_id,
            source || ':' || sent.jobSubmission.id as application_id,
            source || ':' || sent.owner.id as recruiter_id,
            case
                when label(sent.status) in ('approved', 'completed', 'terminated', 'submitted')
                    then label(sent.status)
                when label(sent.status) in ('canceled', 'cancelled') then 'canceled'
                else 'unknown' end as status,
            employment_type(sent.employmentType) as employment_type,
            whole(sent.daysGuaranteed) as guarantee_days,
            case when replace(label(sent.salaryUnit), 'per ', '') in (
                'year', 'yearly', 'annual', 'annum'
            ) then (money(sent.salary) * fraction(sent.fee))::decimal(18, 4) end as fee_amount,
            money(sent.referralFee) as referral_fee_amount,
            instant(coalesce(sent.employmentStartDate, sent.dateBegin))::date as start_date,
            instant(sent.dateEnd)::date as end_date
        from newest(getvariable('bullhorn_placements'), '{
                "candidate":{"id":"VARCHAR"},"jobOrder":{"id":"VARCHAR"},
                "jobSubmission":{"id":"VARCHAR"},"status":"VARCHAR","employmentType":"VARCHAR",
                "dateBegin":"VARCHAR","dateEnd":"VARCHAR","employmentStartDate":"VARCHAR",
                "salary":"VARCHAR","salaryUnit":"VARCHAR","fee":"VARCHAR","payRate":"VARCHAR",
                "clientBillRate":"VARCHAR","daysGuaranteed":"VARCHAR","daysProRated":"VARCHAR",
                "referralFee":"VARCHAR","owner":{"id":"VARCHAR"},"dateAdded":"VARCHAR"}')
        where op <> 'delete' and not (
            no_number(sent.salary) or no_number(sent.fee) or no_number(sent.payRate)
            or no_number(sent.clientBillRate) or no_number(sent.referralFee)
            or no_whole(sent.daysGuaranteed) or no_whole(sent.daysProRated)
            or no_instant(sent.employmentStartDate) or no_instant(sent.dateBegin)
            or no_instant(sent.dateEnd) or no_instant(sent.dateAdded)
            or coalesce(fraction(sent.fee) > 1, false))
    ),
    billed as (
        select
            tenant_id, placement_record_id,
            arg_min_null(currency, {'date': document_date, 'id': document_id}) as currency
        from documents
        where kind = 'accrec' and is_posted and placement_record_id is not null
        group by tenant_id, placement_record_id
    )
    select
        sent.tenant_id, sent.source_relation, sent.source_record_id, placement_id,
        applications.application_id, candidates.person_id, jobs.job_id, jobs.company_id,
        coalesce(owners.recruiter_id, jobs.recruiter_id) as recruiter_id,
        case when sent.employment_type = 'unknown' then coalesce(jobs.employment_type, 'unknown')
            else sent.employment_type end as employment_type,
        sent.status,
        coalesce(billed.currency, companies.billing_currency) as currency,
        guarantee_days, fee_amount, referral_fee_amount, start_date, end_date,
        (start_date + guarantee_days)::date as guarantee_end_date,
        coalesce(
            sent.status in ('approved', 'completed', 'terminated') and start_date <= as_of()
            and coalesce(end_date >= start_date, true), false) as is_started
    from sent
    left join (select id, person_id from links where kind = 'candidate') as candidates
        on sent.candidate_id = candidates.id
    left join applications on sent.application_id = applications.application_id
    left join jobs on sent.job_id = jobs.job_id
    left join companies on jobs.company_id = companies.company_id
    left join recruiters as owners on sent.recruiter_id = owners.recruiter_id
    left join billed
        on sent.tenant_id = billed.tenant_id and sent.source_record_id = billed.placement_record_id;

-- Other systems know a placement by its record id, which two accounts might give out.
create temp table placement_numbers as
    select tenant_id, source_record_id, min(placement_id) as placement_id
    from placements group by all having count(*) = 1;

---------- money

create temp table receivables as
    with invoices as (
        select documents.document_id, customers.company_id, numbers.placement_id
        from documents
        left join customers using (xero_contact_id)
        left join placement_numbers as numbers
            on documents.tenant_id = numbers.tenant_id
            and documents.placement_record_id = numbers.source_record_id
        where documents.kind = 'accrec'
    ),
    allocated as (
        select
            allocation.document_id,
            case when count(distinct invoices.placement_id) = 1 then min(invoices.placement_id) end
                as placement_id
        from (
            select document_id, source_relation, unnest(allocations) as allocation
            from documents where kind = 'accreccredit'
        ) as allocation
        left join invoices
            on source_relation || ':' || allocation.Invoice.InvoiceID = invoices.document_id
        group by allocation.document_id
    )
    select * from invoices
    union all
    select
        documents.document_id, customers.company_id,
        coalesce(numbers.placement_id, allocated.placement_id)
    from documents
    left join customers using (xero_contact_id)
    left join placement_numbers as numbers
        on documents.tenant_id = numbers.tenant_id
        and documents.placement_record_id = numbers.source_record_id
    left join allocated on documents.document_id = allocated.document_id
    where documents.kind = 'accreccredit';

create temp table lines as
    with itemised as (
        select
            * exclude (lines, allocations, subtotal, line),
            txt(line.AccountCode) as account_code,
            label(list_filter(line.Tracking, lambda t: lower(trim(t.Name)) = 'channel')[1].Option)
                as raw_channel,
            (
                coalesce(money(line.LineAmount), 0)
                - if(is_inclusive, coalesce(money(line.TaxAmount), 0), 0)
            )::decimal(18, 4) as net
        from (
            select *, unnest(lines) as line, generate_subscripts(lines, 1) as line_number
            from documents where is_posted
        )
    ),
    every as (
        from itemised
        union all by name
        select
            * exclude (lines, allocations, subtotal), 0 as line_number,
            coalesce(subtotal, 0)::decimal(18, 4) as net
        from documents where is_posted and coalesce(len(lines), 0) = 0
    )
    select
        document_id || ':' || line_number as line_id, tenant_id, source_relation,
        case
            when kind in ('accrec', 'accpay') then 'xero.invoices'
            when kind = 'spend' then 'xero.bank_transactions'
            else 'xero.credit_notes' end as source_entity,
        source_record_id, document_id, kind, xero_contact_id, placement_record_id, account_code,
        raw_channel, every.currency, document_date,
        if(kind in ('accreccredit', 'accpaycredit'), -net, net)::decimal(18, 4) as amount,
        case
            when every.currency = getvariable('reporting_currency') then 1
            when document_date - valid_from <= 31 then rate
        end::decimal(18, 8) as rate_to_reporting
    from every
    asof left join rates
        on every.currency = rates.currency and every.document_date >= rates.valid_from;

create temp table fct_revenue as
    with chosen as (
        select
            line_id, tenant_id, source_relation, source_entity, source_record_id, document_id,
            if(kind = 'accrec', 'invoice', 'credit_note') as document_type, company_id,
            placement_id, account_code, currency, amount, rate_to_reporting, document_date
        from lines left join receivables using (document_id)
        where kind in ('accrec', 'accreccredit')
        union all
        -- Contractors' pay, and money returned against an income account.
        select
            line_id, lines.tenant_id, source_relation, source_entity, lines.source_record_id,
            document_id, cost_category, null, placement_id, account_code, currency, -amount,
            rate_to_reporting, document_date
        from lines
        inner join categories using (account_code)
        left join placement_numbers as numbers
            on lines.tenant_id = numbers.tenant_id
            and lines.placement_record_id = numbers.source_record_id
        where
            kind in ('accpay', 'accpaycredit', 'spend') and source_system = 'xero'
            and cost_category in ('contractor_pay', 'revenue_refund')
    )
    select
        line_id as revenue_line_id, chosen.tenant_id, chosen.source_relation, source_entity,
        chosen.source_record_id, document_id,
        coalesce(chosen.company_id, placements.company_id) as company_id,
        chosen.placement_id, document_type, account_code,
        case
            when chosen.placement_id is null then 'no_placement'
            when is_started then 'started_placement'
            else 'placement_not_started' end as placement_state,
        chosen.currency, getvariable('reporting_currency') as reporting_currency,
        amount::decimal(18, 4) as amount,
        (amount * rate_to_reporting)::decimal(18, 4) as reporting_amount,
        rate_to_reporting, rate_to_reporting is null as is_unconverted,
        document_date, month_of(document_date) as document_month
    from chosen left join placements on chosen.placement_id = placements.placement_id;

---------- surveys

create temp table answers as
    with forms as (
        select id as form_id, coalesce(
            list_filter(fields, lambda f: f.type = 'nps')[1].id,
            list_filter(
                fields, lambda f: f.type = 'opinion_scale' and f.properties.steps = '11'
                and lower(f.properties.start_at_one) = 'false')[1].id
        ) as nps_field_id
        from (
            select id, op, sent.fields as fields
            from newest(getvariable('typeform_forms'), '{"fields":[{"id":"VARCHAR",
                "type":"VARCHAR","properties":{"steps":"VARCHAR","start_at_one":"VARCHAR"}}]}')
        )
        where op <> 'delete'
    ),
    sent as (
        select
            tenant_id, source, record_id, id, sent.form_id, sent.response.hidden as hidden,
            sent.response.answers as answers,
            try_cast(sent.response.submitted_at as timestamptz)::timestamp as submitted_at
        from newest(getvariable('typeform_responses'), '{"form_id":"VARCHAR","response":{
            "submitted_at":"VARCHAR","hidden":{"respondent_kind":"VARCHAR",
            "candidate_id":"VARCHAR","contact_id":"VARCHAR","company_id":"VARCHAR",
            "placement_id":"VARCHAR","job_submission_id":"VARCHAR","trigger":"VARCHAR",
            "email":"VARCHAR"},"answers":[{"type":"VARCHAR","number":"VARCHAR",
            "text":"VARCHAR","choice":{"label":"VARCHAR"},
            "field":{"id":"VARCHAR","ref":"VARCHAR","type":"VARCHAR"}}]}}')
        where
            op <> 'delete'
            and try_cast(sent.response.submitted_at as timestamptz) is not null
            and txt(sent.response.submitted_at) is not null
            and not coalesce(len(list_filter(sent.response.answers, lambda a:
                a.type = 'number' and (
                    a.field.type = 'nps' and off_scale(a.number, 0, 10)
                    or a.field.ref in (
                        'communication', 'salary_transparency', 'feedback_quality', 'speed',
                        'role_fit', 'understood_needs', 'csat'
                    ) and off_scale(a.number, 1, 5)))) > 0, false)
    ),
    read as (
        select
            sent.tenant_id, source as source_relation, 'typeform.responses' as source_entity,
            record_id as source_record_id, sent.id as response_id,
            source || ':' || sent.form_id as form_id,
            txt(hidden.candidate_id) as candidate_number,
            txt(hidden.contact_id) as contact_number,
            txt(hidden.company_id) as company_number,
            txt(hidden.placement_id) as placement_number,
            txt(hidden.job_submission_id) as application_number,
            null::varchar as company_key,
            label(hidden.respondent_kind) as respondent_kind,
            label(coalesce(hidden.trigger, sent.form_id)) as trigger,
            label(hidden.email) as email,
            label(list_filter(answers, lambda a: a.field.ref = 'who_told_you')[1].choice.label)
                as who_told_you,
            txt(list_filter(answers, lambda a: a.field.ref = 'comment')[1].text) is not null
                as has_comment,
            whole(list_filter(
                answers, lambda a: a.type = 'number'
                and (a.field.type = 'nps' or a.field.id = nps_field_id))[1].number) as score,
            nps_field_id is not null
            or coalesce(len(list_filter(answers, lambda a: a.field.type = 'nps')) > 0, false)
                as is_nps_scale,
            submitted_at
        from sent left join forms on source || ':' || sent.form_id = forms.form_id
        union all by name
        select
            tenant_id, source as source_relation, 'files.survey_answers' as source_entity,
            record_id as source_record_id, id as response_id,
            source || ':survey_answers' as form_id,
            upper(txt(sent.company_key)) as company_key,
            label(coalesce(txt(sent.respondent_kind), 'client')) as respondent_kind,
            label(coalesce(txt(sent.trigger), 'relationship_client')) as trigger,
            label(sent.respondent_email) as email,
            txt(sent.comment) is not null as has_comment,
            whole(sent.score) as score, true as is_nps_scale,
            try_cast(sent.submitted_at as timestamptz)::timestamp as submitted_at
        from newest(getvariable('files_survey_answers'), '{
                "respondent_email":"VARCHAR","score":"VARCHAR","comment":"VARCHAR",
                "submitted_at":"VARCHAR","company_key":"VARCHAR","respondent_kind":"VARCHAR",
                "trigger":"VARCHAR"}')
        where
            op <> 'delete' and not no_whole(sent.score)
            and coalesce(whole(sent.score) between 0 and 10, true)
            and try_cast(sent.submitted_at as timestamptz) is not null
            and txt(sent.submitted_at) is not null
    )
    select
        * replace (
            case respondent_kind
                when 'candidate' then 'candidate' when 'client' then 'client'
                when 'contact' then 'client' else 'unknown' end as respondent_kind,
            case
                when trigger like 'relationship%' then 'relationship'
                when trigger in (
                    'application', 'interview', 'rejection', 'placement_start',
                    'placement_30d', 'placement_90d', 'job_close') then trigger
                else 'unknown' end as trigger,
            case when score between 0 and 10 then score end as score)
    from read;

create temp table responses as
    with person_numbers as (
        select
            tenant_id, source_record_id, kind, min(id) as record_id, min(person_id) as person_id
        from links group by tenant_id, source_record_id, kind having count(*) = 1
    ),
    company_numbers as (
        select tenant_id, company_number, min(company_id) as company_id
        from companies where not is_billing_only group by all having count(*) = 1
    ),
    codes as (
        select tenant_id, customer_code, min(company_id) as company_id
        from companies where customer_code is not null group by all having count(*) = 1
    ),
    application_numbers as (
        select tenant_id, source_record_id, min(application_id) as application_id
        from applications group by all having count(*) = 1
    ),
    sole_contacts as (
        select person_id, min(contact_id) as contact_id from contacts
        group by person_id having count(*) = 1
    ),
    found as (
        select
            answers.*,
            coalesce(candidates.person_id, clients.person_id) as hidden_person,
            case when not coalesce(is_shared_mailbox, false) then addresses.person_id end
                as address_person,
            coalesce(is_shared_mailbox, false) as is_shared_mailbox,
            case when respondent_kind = 'client'
                then coalesce(clients.record_id, sole_contacts.contact_id) end as contact_id,
            coalesce(company_numbers.company_id, codes.company_id) as named_company,
            placement_numbers.placement_id,
            application_numbers.application_id
        from answers
        left join (from person_numbers where kind = 'candidate') as candidates
            on answers.tenant_id = candidates.tenant_id
            and candidate_number = candidates.source_record_id
        left join (from person_numbers where kind = 'contact') as clients
            on answers.tenant_id = clients.tenant_id
            and contact_number = clients.source_record_id
        left join addresses
            on answers.tenant_id = addresses.tenant_id and answers.email = addresses.email
        left join sole_contacts
            on coalesce(clients.person_id, addresses.person_id) = sole_contacts.person_id
        left join company_numbers
            on answers.tenant_id = company_numbers.tenant_id
            and answers.company_number = company_numbers.company_number
        left join codes
            on answers.tenant_id = codes.tenant_id and company_key = codes.customer_code
        left join placement_numbers
            on answers.tenant_id = placement_numbers.tenant_id
            and placement_number = placement_numbers.source_record_id
        left join application_numbers
            on answers.tenant_id = application_numbers.tenant_id
            and application_number = application_numbers.source_record_id
    ),
    resolved as (
        select
            *,
            coalesce(hidden_person, address_person) as person_id,
            case when hidden_person is not null or address_person is not null then contact_id end
                as known_contact
        from found
    )
    select
        resolved.tenant_id, resolved.source_relation, source_entity, resolved.source_record_id,
        response_id, form_id, resolved.person_id,
        coalesce(
            named_company, contacts.company_id, placements.company_id, applications.company_id
        ) as company_id,
        resolved.placement_id, resolved.application_id,
        coalesce(placements.job_id, applications.job_id) as job_id,
        coalesce(
            placements.recruiter_id, applications.recruiter_id, contacts.recruiter_id,
            owners.recruiter_id
        ) as recruiter_id,
        respondent_kind, trigger,
        case
            when trigger in ('unknown', 'relationship') then trigger
            else 'transactional' end as survey_kind,
        coalesce(
            resolved.person_id, pseudonym(resolved.tenant_id || '|' || email), response_id
        ) as respondent_key,
        who_told_you, score, is_nps_scale, has_comment, resolved.is_shared_mailbox, submitted_at
    from resolved
    left join contacts on known_contact = contacts.contact_id
    left join placements on resolved.placement_id = placements.placement_id
    left join applications on resolved.application_id = applications.application_id
    left join people on resolved.person_id = people.person_id
    left join recruiters as owners on people.owner_id = owners.recruiter_id;

---------- touchpoints and attribution

create temp table claims as
    with ids as (
        select
            coalesce(known.id, recruiters.recruiter_id) as id, known.person_id,
            recruiters.recruiter_id
        from (
            select id, min(person_id) as person_id from links group by id
            having min(person_id) = max(person_id)
        ) as known
        full outer join recruiters on known.id = recruiters.recruiter_id
        where known.id is null or recruiters.recruiter_id is null
    ),
    names as (
        select tenant_id, name, min(person_id) as person_id
        from links where name is not null
        group by tenant_id, name having min(person_id) = max(person_id)
    ),
    -- Said by a person's oldest record, the category is a touchpoint of the person.
    category_people as (
        select person_id from people
        where is_candidate and candidate_source in (
            select source_value from channel_map where source_system = 'bullhorn' and is_referral)
    ),
    evidence as (
        select
            tenant_id, source_relation,
            if(kind = 'candidate', 'candidates', 'client_contacts') as entity,
            source_record_id, if(kind = 'candidate', 'candidate', 'client') as subject_kind,
            links.person_id, companies.company_id, 'linked_record' as evidence, referrer,
            null::varchar as written_name, added_at as touched_at
        from links left join companies using (tenant_id, company_id)
        where referrer is not null
        union all by name
        select
            tenant_id, source_relation, 'leads' as entity, source_record_id,
            'client' as subject_kind, person_id, company_id, 'linked_record' as evidence,
            referrer, added_at as touched_at
        from leads where referrer is not null
        union all by name
        select
            tenant_id, source_relation, 'candidates' as entity, source_record_id,
            'candidate' as subject_kind, person_id, 'free_text' as evidence,
            lower(trim(referrer_text)) as written_name, added_at as touched_at
        from links where referrer_text is not null
        union all by name
        select
            tenant_id, source_relation, 'candidates' as entity, source_record_id,
            'candidate' as subject_kind, person_id, 'source_category' as evidence,
            added_at as touched_at
        from links
        where
            kind = 'candidate'
            and source in (
                select source_value from channel_map
                where source_system = 'bullhorn' and is_referral)
            and person_id not in (select person_id from category_people)
    )
    select
        evidence.tenant_id, source_relation, 'bullhorn.' || entity as source_entity,
        source_record_id,
        'referral:' || source_relation || ':' || entity || ':' || source_record_id || ':'
        || evidence as touchpoint_id,
        subject_kind, evidence.person_id, company_id,
        coalesce(ids.person_id, names.person_id) as referrer_person_id,
        ids.recruiter_id as referrer_recruiter_id,
        null::varchar as recruiter_id,
        if(evidence = 'free_text' and names.person_id is null, 'unresolved_text', evidence)
            as evidence,
        case
            when evidence = 'linked_record' then 5
            when evidence = 'free_text' then if(names.person_id is null, 3, 4)
            else 2 end as evidence_strength,
        coalesce(coalesce(ids.person_id, names.person_id) = evidence.person_id, false)
            as is_self_referral,
        touched_at,
        if(evidence = 'free_text' and names.person_id is null, 'unknown', 'referral') as channel,
        false as is_own_outreach,
        false as is_unmapped
    from evidence
    left join ids on evidence.referrer = ids.id
    left join names
        on evidence.tenant_id = names.tenant_id and evidence.written_name = names.name;

create temp table fct_touchpoints as
    with sourced as (
        select
            people.tenant_id, source_relation,
            if(oldest_kind = 'candidate', 'bullhorn.candidates', 'bullhorn.client_contacts')
                as source_entity,
            source_record_id, 'person:' || person_id as touchpoint_id,
            'candidate' as subject_kind, person_id, null::varchar as company_id,
            recruiters.recruiter_id, 'source_category' as evidence, 2 as evidence_strength,
            candidate_source as raw_channel, first_seen_at as touched_at
        from people left join recruiters on people.owner_id = recruiters.recruiter_id
        union all
        select
            tenant_id, source_relation, 'bullhorn.job_submissions', source_record_id,
            'application:' || application_id, 'candidate', person_id, null, recruiter_id,
            'source_category', 2, source, applied_at
        from applications
        union all
        select
            tenant_id, source_relation, 'bullhorn.client_contacts', source_record_id,
            'contact:' || contact_id, 'client', null, company_id, recruiter_id,
            'source_category', 2, source, added_at
        from contacts
        union all
        select
            tenant_id, source_relation, 'bullhorn.leads', source_record_id,
            'lead:' || lead_id, 'client', null, company_id, recruiter_id,
            'source_category', 2, source, added_at
        from leads
        union all
        select
            tenant_id, source_relation, 'bullhorn.leads', source_record_id,
            'lead_campaign:' || lead_id, 'client', null, company_id, recruiter_id,
            'campaign', 0, campaign_source, added_at
        from leads
        union all
        select
            tenant_id, source_relation, 'bullhorn.opportunities', source_record_id,
            'opportunity:' || opportunity_id, 'client', null, company_id, recruiter_id,
            'source_category', 2, source, added_at
        from opportunities
        union all
        select
            tenant_id, source_relation, 'bullhorn.opportunities', source_record_id,
            'opportunity_campaign:' || opportunity_id, 'client', null, company_id, recruiter_id,
            'campaign', 0, campaign_source, added_at
        from opportunities
        union all
        select
            tenant_id, source_relation, source_entity, source_record_id,
            'survey:' || response_id, respondent_kind, person_id, company_id, recruiter_id,
            'survey_answer', 1, who_told_you, submitted_at
        from responses where respondent_kind in ('candidate', 'client')
    ),
    every as (
        from claims
        union all by name
        select
            sourced.* exclude (raw_channel), null::varchar as referrer_person_id,
            null::varchar as referrer_recruiter_id, false as is_self_referral,
            coalesce(channel_map.channel, 'unknown') as channel,
            coalesce(channel_map.is_own_outreach, false) as is_own_outreach,
            channel_map.channel is null as is_unmapped
        from sourced
        left join channel_map
            on raw_channel = source_value and split_part(source_entity, '.', 1) = source_system
        where raw_channel is not null
    ),
    resolved as (
        select
            every.*,
            if(subject_kind = 'candidate', person_id, top_company_id) as subject_id
        from every left join companies on every.company_id = companies.company_id
    ),
    -- Agreeing evidence on one record is one contact, not two.
    weighed as (
        select
            *,
            row_number() over (
                partition by
                    tenant_id, subject_kind, subject_id, source_relation, source_entity,
                    source_record_id, channel,
                    coalesce(referrer_person_id, referrer_recruiter_id, '?')
                order by evidence_strength desc, touchpoint_id
            ) as evidence_rank,
            max(if(channel = 'referral', evidence_strength, null)) over (
                partition by
                    tenant_id, subject_kind, subject_id, source_relation, source_entity,
                    source_record_id
            ) as strongest_referral
        from resolved
    )
    select
        touchpoint_id, tenant_id, source_relation, source_entity, source_record_id, subject_id,
        referrer_person_id, referrer_recruiter_id, recruiter_id, subject_kind, channel, evidence,
        evidence_strength::int as evidence_strength, channel = 'referral' as is_referral,
        is_self_referral, is_own_outreach, is_unmapped, touched_at
    from weighed
    where
        evidence_rank = 1 and not (
            channel = 'referral' and evidence_strength <= 2
            and coalesce(strongest_referral, 0) > 2);

create temp table conversions as
    with clients as (
        select
            companies.tenant_id, top_company_id, min(first_invoice_date) as first_invoice_date,
            sum(net) as net_fee_amount
        from companies
        left join (
            select company_id, sum(reporting_amount) as net from fct_revenue group by company_id
        ) as revenue using (company_id)
        group by companies.tenant_id, top_company_id
    )
    select
        tenant_id, 'placement:' || placement_id as conversion_id, 'candidate' as subject_kind,
        person_id as subject_id, placement_id, null::varchar as company_id,
        start_date as converted_date, coalesce(net, 0)::decimal(18, 4) as net_fee_amount
    from placements
    left join (
        select placement_id, sum(reporting_amount) as net from fct_revenue group by placement_id
    ) as revenue using (placement_id)
    where is_started
    union all
    select
        tenant_id, 'client:' || top_company_id, 'client', top_company_id, null, top_company_id,
        first_invoice_date, coalesce(net_fee_amount, 0)::decimal(18, 4)
    from clients where first_invoice_date <= as_of();

create temp table fct_attribution as
    with judged as (
        select
            conversions.conversion_id, touchpoints.* exclude (tenant_id, subject_id, subject_kind),
            (converted_date - touched_at::date)::int as age_days,
            case
                when is_self_referral then 'self_referral'
                when age_days < 0 then 'after_conversion'
                when age_days > if(conversions.subject_kind = 'candidate', 365, 730)
                    then 'outside_look_back'
                else 'counted' end as touch_status
        from conversions
        inner join fct_touchpoints as touchpoints
            on conversions.tenant_id = touchpoints.tenant_id
            and conversions.subject_kind = touchpoints.subject_kind
            and conversions.subject_id = touchpoints.subject_id
        where touched_at is not null
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by conversion_id
                order by touched_at, evidence_strength desc, source_record_id, touchpoint_id
            ) as touch_number,
            count(*) over conversion as touches,
            row_number() over (
                partition by conversion_id
                order by
                    not is_referral, evidence_strength desc, touched_at, source_record_id,
                    touchpoint_id
            ) as referral_rank,
            bool_or(is_referral) over conversion as has_referral,
            bool_or(evidence = 'unresolved_text') over conversion as has_unresolved_claim
        from judged where touch_status = 'counted'
        window conversion as (partition by conversion_id)
    ),
    paths as (
        from ranked
        union all by name
        from judged where touch_status <> 'counted' and is_referral
        union all by name
        select
            conversion_id, '(none)' as touchpoint_id, 'counted' as touch_status,
            'unknown' as channel, '(none)' as evidence, false as is_referral, 1 as touch_number,
            1 as touches, 1 as referral_rank, false as has_referral,
            false as has_unresolved_claim
        from conversions where conversion_id not in (select conversion_id from ranked)
    ),
    modelled as (
        select
            *,
            touch_status = 'counted' and case attribution_model
                when 'first_touch' then touch_number = 1
                when 'last_touch' then touch_number = touches
                when 'referral_first' then
                    if(coalesce(has_referral, false), referral_rank = 1, touch_number = touches)
                else true end as is_credited,
            if(attribution_model = 'linear', touches, 1) as sharers,
            (1e0 / sharers)::decimal(18, 12) as equal_credit,
            (net_fee_amount::double / sharers)::decimal(18, 4) as equal_revenue
        from conversions
        inner join paths using (conversion_id)
        cross join (values ('first_touch'), ('last_touch'), ('referral_first'), ('linear'))
            as models (attribution_model)
    )
    select
        attribution_model, conversion_id, touchpoint_id, tenant_id, placement_id, company_id,
        subject_id, referrer_person_id, subject_kind, channel, evidence,
        if(touch_status = 'counted', 'credited', touch_status) as credit_status,
        getvariable('reporting_currency') as reporting_currency,
        touch_number::int as touch_number, touches::int as touches, age_days,
        case
            when not is_credited then 0
            when sharers = 1 then 1
            when touch_number < touches then equal_credit
            else 1 - equal_credit * (sharers - 1) end::decimal(18, 12) as credit,
        case
            when not is_credited then 0
            when sharers = 1 then net_fee_amount
            when touch_number < touches then equal_revenue
            else net_fee_amount - equal_revenue * (sharers - 1) end::decimal(18, 4)
            as credited_revenue,
        is_referral,
        coalesce(channel = 'unknown' or (not has_referral and has_unresolved_claim), false)
            as is_referral_unknown,
        converted_date, touched_at
    from modelled;

create temp table referral_first as
    select * from fct_attribution where attribution_model = 'referral_first' and credit > 0;

---------- facts and dimensions that stand on them

create temp table fct_placements as
    with fees as (
        select
            placement_id,
            sum(if(document_type = 'invoice', reporting_amount, 0)) as gross,
            sum(if(document_type = 'invoice', 0, reporting_amount)) as deducted,
            sum(reporting_amount) as net,
            sum(amount) as net_document,
            count(distinct currency) as currencies,
            count(*) filter (is_unconverted) as unconverted_lines
        from fct_revenue where placement_id is not null group by placement_id
    )
    select
        placements.placement_id, placements.tenant_id, application_id, person_id, job_id,
        placements.company_id, recruiter_id, paths.referrer_person_id, employment_type, status,
        currency, getvariable('reporting_currency') as reporting_currency,
        paths.channel as attributed_channel,
        case
            when not is_started then 'not_started'
            when paths.is_referral then 'referred'
            when paths.is_referral_unknown then 'unknown'
            else 'not_referred' end as referral_status,
        guarantee_days,
        case when is_started
            then (least(coalesce(end_date, as_of()), as_of()) - start_date)::int
        end as retention_days,
        fee_amount as agreed_fee_amount,
        case when coalesce(currencies, 0) <= 1 then coalesce(net_document, 0) end::decimal(18, 4)
            as net_fee_document_amount,
        coalesce(gross, 0)::decimal(18, 4) as gross_fee_amount,
        coalesce(deducted, 0)::decimal(18, 4) as deducted_amount,
        coalesce(net, 0)::decimal(18, 4) as net_fee_amount,
        coalesce(unconverted_lines, 0)::bigint as unconverted_lines,
        is_started, status = 'terminated' as is_terminated,
        coalesce(
            is_started and status = 'terminated' and guarantee_days > 0
            and end_date <= guarantee_end_date, false) as is_falloff,
        start_date, end_date, guarantee_end_date, month_of(start_date) as start_month
    from placements
    left join fees on placements.placement_id = fees.placement_id
    left join referral_first as paths on placements.placement_id = paths.placement_id;

create temp table candidate_channels as
    select tenant_id, subject_id as person_id, channel
    from fct_touchpoints
    where
        subject_kind = 'candidate' and subject_id is not null and touched_at is not null
        and not is_self_referral
    qualify row_number() over (
        partition by tenant_id, subject_id
        order by
            not is_referral,
            if(is_referral, evidence_strength, null) desc nulls last,
            if(is_referral, touched_at, null) asc nulls last,
            touched_at desc, evidence_strength, source_record_id desc, touchpoint_id desc
    ) = 1;

create temp table dim_people as
    select
        person_id, people.tenant_id, recruiters.recruiter_id,
        if(is_candidate, coalesce(channel, 'unknown'), null) as candidate_channel,
        is_candidate, is_contact, is_anonymised, is_shared_mailbox,
        first_seen_at::date as first_seen_date
    from people
    left join recruiters on people.owner_id = recruiters.recruiter_id
    left join candidate_channels as channels using (person_id);

create temp table fct_survey_responses as
    with started as (
        select person_id, min(start_date) as first_start_date
        from placements where is_started and person_id is not null group by person_id
    ),
    rejected as (
        select person_id, min(entered_at) as first_rejected_at
        from stage_events where stage_group = 'rejected' and person_id is not null
        group by person_id
    ),
    referred as (
        select subject_kind, subject_id, min(touched_at) as first_referred_at
        from fct_touchpoints
        where is_referral and not is_self_referral and subject_id is not null
        group by subject_kind, subject_id
    )
    select
        response_id, responses.tenant_id, form_id, respondent_key, responses.person_id,
        responses.company_id, placement_id, application_id, job_id, recruiter_id,
        respondent_kind as audience, survey_kind, trigger,
        case
            when respondent_kind in ('client', 'unknown') then respondent_kind
            when trigger = 'rejection' then 'rejected'
            when trigger like 'placement%' then 'hired'
            when survey_kind = 'transactional' then 'in_process'
            when responses.person_id is null then 'unknown'
            when first_start_date <= submitted_at::date then 'hired'
            when first_rejected_at <= submitted_at then 'rejected'
            else 'in_process' end as population,
        if(first_referred_at <= submitted_at, 'referred', 'no_referral_known')
            as referral_status,
        case when score >= 9 then 'promoter' when score >= 7 then 'passive' else 'detractor' end
            as band,
        score, is_shared_mailbox, has_comment, submitted_at::date as submitted_date,
        month_of(submitted_at) as submitted_month, submitted_at
    from responses
    left join companies on responses.company_id = companies.company_id
    left join started on responses.person_id = started.person_id
    left join rejected on responses.person_id = rejected.person_id
    left join referred
        on respondent_kind = referred.subject_kind
        and referred.subject_id = if(
            respondent_kind = 'candidate', responses.person_id, companies.top_company_id)
    where is_nps_scale and score is not null;

create temp table fct_costs as
    with billed as (
        select
            line_id as cost_line_id, lines.tenant_id, source_relation, source_entity,
            lines.source_record_id, document_id,
            case kind
                when 'accpay' then 'bill' when 'spend' then 'bank_spend'
                else 'supplier_credit' end as document_type,
            xero_contact_id as vendor_id, placement_id, lines.account_code,
            coalesce(cost_category, 'unmapped') as cost_category, raw_channel, currency, amount,
            rate_to_reporting, coalesce(is_recruiting_cost, false) as is_recruiting_cost,
            coalesce(is_internal, false) as is_internal,
            coalesce(is_comparable, false) as is_comparable, document_date
        from lines
        left join placement_numbers as numbers
            on lines.tenant_id = numbers.tenant_id
            and lines.placement_record_id = numbers.source_record_id
        left join (from categories where source_system = 'xero') as categories
            on lines.account_code = categories.account_code
        where
            kind in ('accpay', 'accpaycredit', 'spend')
            and (cost_category is null or is_recruiting_cost)
    ),
    cost_lines as (
        from billed
        union all
        -- A bounty that is billed as well counts once, as the bill.
        select
            'referral_fee:' || placement_id, tenant_id, source_relation, 'bullhorn.placements',
            source_record_id, placement_id, 'referral_fee', null, placement_id, null,
            'referral_bonuses', 'referral', getvariable('reporting_currency'),
            referral_fee_amount, 1::decimal(18, 8), true, false, true, start_date
        from placements
        where is_started and referral_fee_amount <> 0 and placement_id not in (
            select placement_id from billed
            where cost_category = 'referral_bonuses' and placement_id is not null)
    ),
    tallied as (
        select
            tenant_id, effort_month, preference, coalesce(channel, 'unknown') as channel,
            count(*) as events
        from (
            select tenant_id, person_id, month_of(entered_at) as effort_month, 1 as preference
            from stage_events where stage_group <> 'rejected'
            union all
            select tenant_id, person_id, month_of(applied_at), 2 from applications
        ) as effort
        left join (select person_id, channel from candidate_channels) using (person_id)
        group by all
    ),
    effort as (
        select
            *,
            if(preference = 1, 'stage_events', 'applications') as driver,
            sum(events) over (
                partition by tenant_id, effort_month order by channel
                rows between unbounded preceding and current row
            )::bigint as running_events,
            sum(events) over (partition by tenant_id, effort_month)::bigint as all_events
        from (
            from tallied
            qualify preference = min(preference) over (partition by tenant_id, effort_month)
        )
    ),
    placed as (
        select
            cost_lines.*,
            case
                when cost_category = 'referral_bonuses' then 'referral'
                when raw_channel is null then null
                else coalesce(channel_map.channel, 'unknown') end as channel,
            (amount * rate_to_reporting)::decimal(18, 4) as reporting
        from cost_lines
        left join channel_map
            on raw_channel = source_value and split_part(source_entity, '.', 1) = source_system
    ),
    shared as (
        select
            placed.*,
            coalesce(placed.channel, effort.channel, 'unknown') as share_channel,
            case
                when not is_recruiting_cost then 'unmapped'
                when placed.channel is null then 'shared'
                else 'direct' end as allocation,
            if(placed.channel is null and is_recruiting_cost, coalesce(driver, 'no_effort'), 'none')
                as driver,
            coalesce(events, 1)::bigint as events,
            coalesce(running_events, 1) as running, coalesce(all_events, 1) as total
        from placed
        left join effort
            on placed.tenant_id = effort.tenant_id
            and effort_month = case
                when placed.channel is null and is_recruiting_cost then month_of(document_date) end
    )
    select
        cost_line_id, share_channel as channel, tenant_id, source_relation, source_entity,
        source_record_id, document_id, vendor_id, placement_id, document_type, account_code,
        cost_category, allocation, driver, currency,
        getvariable('reporting_currency') as reporting_currency,
        events as driver_events, total as driver_total, amount::decimal(18, 4) as line_amount,
        (
            (amount::double * running / total)::decimal(18, 4)
            - (amount::double * (running - events) / total)::decimal(18, 4)
        )::decimal(18, 4) as amount,
        (
            (reporting::double * running / total)::decimal(18, 4)
            - (reporting::double * (running - events) / total)::decimal(18, 4)
        )::decimal(18, 4) as reporting_amount,
        rate_to_reporting, is_recruiting_cost, is_internal, is_comparable,
        rate_to_reporting is null as is_unconverted, document_date,
        month_of(document_date) as document_month
    from shared;

---------- metrics: months counted once, then added up into windows

create temp table periods as
    with bounds as (
        select greatest(min(month_of(seen)), date '1990-01-01') as first_month, min(month_of(seen)) as seen_month
        from (
            select min(start_date) as seen from placements where is_started
            union all select min(submitted_at)::date from responses
            union all select min(document_date) from fct_revenue
            union all select min(document_date) from fct_costs)
    ),
    months as (
        select unnest(generate_series(first_month, month_of(as_of()), interval 1 month))::date
            as month_start, seen_month
        from bounds
    ),
    windows as (
        select
            period, seen_month, (month_start + to_months(1 - length))::date as period_start,
            (month_start + to_months(1))::date as period_end
        from months
        cross join (
            values ('month', 1), ('trailing_3m', 3), ('trailing_6m', 6), ('trailing_12m', 12)
        ) as lengths (period, length)
    )
    select
        period, period_start, period_end, month_start, period_end <= as_of() as is_finished
    from windows
    inner join months on period_start <= month_start and period_end > month_start
    where period_start >= windows.seen_month
    union all
    select
        'all', seen_month, (month_of(as_of()) + to_months(1))::date, month_start, true
    from months;

create macro nps_bound(p, d, n, z) as greatest(-100e0, least(100e0, 100e0 * (
    (p + 0.75e0) / (n + 3e0) - (d + 0.75e0) / (n + 3e0) + z * 1.959963984540054 * sqrt((
        (p + 0.75e0) / (n + 3e0) + (d + 0.75e0) / (n + 3e0)
        - ((p + 0.75e0) / (n + 3e0) - (d + 0.75e0) / (n + 3e0)) ** 2
    ) / (n + 3e0)))));
create macro wilson(s, n, z) as greatest(0e0, least(1e0, (
    s / n + 1.959963984540054 ** 2 / (2e0 * n) + z * 1.959963984540054 * sqrt(
        s / n * (1e0 - s / n) / n + 1.959963984540054 ** 2 / (4e0 * n * n))
) / (1e0 + 1.959963984540054 ** 2 / n)));

create temp table metric_nps as
    with latest as (
        from (select *, unnest(['all', referral_status]) as cut from fct_survey_responses)
        where submitted_date <= as_of()
        qualify row_number() over (
            partition by
                tenant_id, cut, audience, survey_kind, trigger, population, form_id,
                respondent_key, submitted_month
            order by submitted_at desc, response_id desc
        ) = 1
    ),
    followed_up as (
        select
            *,
            lead(submitted_month) over (
                partition by
                    tenant_id, cut, audience, survey_kind, trigger, population, form_id,
                    respondent_key
                order by submitted_month
            ) as next_month
        from latest
    ),
    tallied as (
        select
            tenant_id, cut, audience, survey_kind, trigger, population, submitted_month,
            next_month, count(*) as answers, count(*) filter (band = 'promoter') as promoters,
            count(*) filter (band = 'detractor') as detractors
        from followed_up group by all
    ),
    windowed as (
        select
            tenant_id, period, period_start, audience, survey_kind, trigger, population,
            cut, bool_and(is_finished) as is_finished, sum(answers)::bigint as n,
            sum(promoters)::bigint as promoters, sum(detractors)::bigint as detractors
        from tallied inner join periods on submitted_month = month_start
        where next_month is null or next_month >= period_end
        group by all
    ),
    hidden as (
        select
            *,
            sum(if(cut <> 'all' and n < 5, n, 0)) over whole_cut as hidden_answers,
            row_number() over (
                partition by
                    tenant_id, period, period_start, audience, survey_kind, trigger,
                    population, cut <> 'all' and n >= 5
                order by n, cut
            ) as size_rank
        from windowed
        window whole_cut as (
            partition by
                tenant_id, period, period_start, audience, survey_kind, trigger,
                population)
    ),
    judged as (
        select
            *,
            n < 5 or (cut <> 'all' and hidden_answers between 1 and 4 and size_rank = 1)
                as is_suppressed,
            if(is_suppressed, null, promoters::double) as p,
            if(is_suppressed, null, detractors::double) as d,
            if(is_suppressed, null, n::double) as a
        from hidden
    )
    select
        tenant_id, 'nps' as metric, period, period_start, audience, survey_kind, trigger,
        population, cut, 100e0 * (p - d) / a as value, p - d as numerator, a as denominator,
        if(is_suppressed, null, nps_bound(p, d, a, -1)) as ci_low,
        if(is_suppressed, null, nps_bound(p, d, a, 1)) as ci_high,
        n, is_suppressed,
        case
            when n < 5 then 'suppressed: fewer than 5'
            when is_suppressed then 'suppressed: would reveal another cut'
            when n < 15 then 'insufficient: fewer than 15'
            when not is_finished then 'period not finished' end as note,
        if(is_suppressed, null, promoters) as promoters,
        if(is_suppressed, null, detractors) as detractors
    from judged;

create temp table metric_referral_share as
    with monthly as (
        select
            tenant_id,
            if(subject_kind = 'candidate', 'referral_share', 'referral_share_new_clients')
                as metric,
            attribution_model, month_of(converted_date) as converted_month,
            count(distinct conversion_id) as conversions, sum(credit) as credit,
            sum(if(is_referral, credit, 0)) as referral_credit,
            sum(if(is_referral_unknown and not is_referral, credit, 0)) as unknown_credit
        from fct_attribution
        where credit_status = 'credited' and credit > 0
        group by all
    ),
    windowed as (
        select
            tenant_id, metric, period, period_start, attribution_model,
            bool_and(is_finished) as is_finished, sum(conversions)::bigint as n,
            n < 5 as is_suppressed,
            if(n < 5, null, sum(credit)::double) as trials,
            if(n < 5, null, sum(referral_credit)::double) as known,
            if(n < 5, null, sum(unknown_credit)::double) as unknown_share
        from monthly inner join periods on converted_month = month_start
        group by tenant_id, metric, period, period_start, attribution_model
    )
    select
        tenant_id, metric, period, period_start, attribution_model,
        known / trials as value, known as numerator, trials as denominator,
        if(is_suppressed, null, wilson(known, trials, -1)) as ci_low,
        if(is_suppressed, null, wilson(known, trials, 1)) as ci_high,
        n, is_suppressed,
        case
            when is_suppressed then 'suppressed: fewer than 5'
            when n < 15 then 'insufficient: fewer than 15'
            when unknown_share > 0
                then 'range share_low to share_high: some channels are unknown'
            when not is_finished then 'period not finished' end as note,
        known / trials as share_low, (known + unknown_share) / trials as share_high
    from windowed;

create temp table metric_cost_per_hire as
    with monthly as (
        select
            paths.tenant_id, paths.channel, month_of(converted_date) as counted_month,
            sum(credit) as gross_hires, sum(if(is_falloff, 0, credit)) as net_hires,
            0 as loaded_cost, 0 as direct_cost
        from referral_first as paths inner join fct_placements using (placement_id)
        group by paths.tenant_id, paths.channel, counted_month
        union all
        select
            tenant_id, channel, document_month, 0, 0, sum(reporting_amount),
            sum(if(allocation = 'direct', reporting_amount, 0))
        from fct_costs
        where
            is_recruiting_cost and not is_internal and not is_unconverted
            and document_date <= as_of()
        group by tenant_id, channel, document_month
    ),
    windowed as (
        select
            tenant_id, period, period_start, cut as channel,
            bool_and(is_finished) as is_finished,
            sum(gross_hires)::decimal(18, 6) as gross_hires,
            sum(net_hires)::decimal(18, 6) as net_hires,
            sum(loaded_cost)::decimal(18, 4) as loaded_cost,
            sum(direct_cost)::decimal(18, 4) as direct_cost
        from (select *, unnest(['all', channel]) as cut from monthly) as by_channel
        inner join periods on counted_month = month_start
        group by tenant_id, period, period_start, cut
    ),
    figures as (
        select
            tenant_id, period, period_start, channel, is_finished,
            unnest([
                {'metric': 'gross', 'basis': 'fully_loaded', 'hires': gross_hires, 'cost': loaded_cost},
                {'metric': 'gross', 'basis': 'direct', 'hires': gross_hires, 'cost': direct_cost},
                {'metric': 'net', 'basis': 'fully_loaded', 'hires': net_hires, 'cost': loaded_cost},
                {'metric': 'net', 'basis': 'direct', 'hires': net_hires, 'cost': direct_cost}
            ], recursive := true)
        from windowed
    ),
    judged as (
        select
            *,
            hires > 0 and hires < 5 as is_small,
            sum(if(channel <> 'all' and hires > 0 and hires < 5, hires, 0)) over (
                partition by tenant_id, metric, period, period_start, basis
            ) as hidden_hires,
            row_number() over (
                partition by
                    tenant_id, metric, period, period_start, basis, channel <> 'all' and hires >= 5
                order by hires, channel
            ) as size_rank
        from figures
    ),
    suppressed as (
        select
            *,
            is_small or (
                channel <> 'all' and hires >= 5 and hidden_hires > 0 and hidden_hires < 5
                and size_rank = 1) as is_suppressed,
            if(is_suppressed, null, hires::double) as h,
            if(is_suppressed, null, cost::double) as c,
            c / nullif(h, 0e0) as value,
            value * exp(-1.959963984540054 / sqrt(nullif(h, 0e0))) as one_bound,
            value * exp(1.959963984540054 / sqrt(nullif(h, 0e0))) as other_bound
        from judged
    )
    select
        tenant_id, 'cost_per_hire_external_' || metric as metric, period, period_start, channel,
        basis, getvariable('reporting_currency') as reporting_currency, value, c as numerator,
        h as denominator, least(one_bound, other_bound) as ci_low,
        greatest(one_bound, other_bound) as ci_high, hires::bigint as n, is_suppressed,
        'external only' || case
            when is_small then '; suppressed: fewer than 5'
            when is_suppressed then '; suppressed: would reveal another channel'
            when hires = 0 and cost <> 0 then '; spend without hires'
            when hires = 0 then '; no hires'
            when hires < 15 then '; insufficient: fewer than 15'
            when not is_finished then '; period not finished'
            else '' end as note
    from suppressed;

create temp table dim_channels as
    select
        channel, bool_or(is_referral) as is_referral, bool_or(is_own_outreach) as is_own_outreach,
        channel = 'unknown' as is_unknown
    from (
        select channel, is_referral, is_own_outreach from channel_map
        union all select 'unknown', false, false)
    group by channel;

create temp table dim_companies as
    select
        company_id, tenant_id, parent_company_id, top_company_id, billing_customer_id,
        customer_code, company_name, status, billing_currency, is_client, is_billing_only,
        first_invoice_date, company_added_at::date as added_date
    from companies;

---------- out

copy dim_channels to (getvariable('out') || '/dim_channels.parquet') (format parquet, compression zstd);
copy dim_companies to (getvariable('out') || '/dim_companies.parquet') (format parquet, compression zstd);
copy dim_people to (getvariable('out') || '/dim_people.parquet') (format parquet, compression zstd);
copy fct_attribution to (getvariable('out') || '/fct_attribution.parquet') (format parquet, compression zstd);
copy fct_costs to (getvariable('out') || '/fct_costs.parquet') (format parquet, compression zstd);
copy fct_placements to (getvariable('out') || '/fct_placements.parquet') (format parquet, compression zstd);
copy fct_revenue to (getvariable('out') || '/fct_revenue.parquet') (format parquet, compression zstd);
copy fct_survey_responses to (getvariable('out') || '/fct_survey_responses.parquet') (format parquet, compression zstd);
copy fct_touchpoints to (getvariable('out') || '/fct_touchpoints.parquet') (format parquet, compression zstd);
copy metric_cost_per_hire to (getvariable('out') || '/metric_cost_per_hire.parquet') (format parquet, compression zstd);
copy metric_nps to (getvariable('out') || '/metric_nps.parquet') (format parquet, compression zstd);
copy metric_referral_share to (getvariable('out') || '/metric_referral_share.parquet') (format parquet, compression zstd);
