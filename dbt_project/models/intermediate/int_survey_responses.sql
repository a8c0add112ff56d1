with

answers as (

    select * from {{ ref('int_survey_answers') }}

),

-- Hidden ids are Bullhorn's, without its account: one that two accounts gave
-- out is not used.
person_ids as (

    select
        tenant_id,
        source_record_id,
        record_kind,
        min(record_id) as record_id,
        min(person_id) as person_id

    from {{ ref('int_person_members') }}

    group by tenant_id, source_record_id, record_kind

    having count(*) = 1

),

addresses as (

    select * from {{ ref('int_person_addresses') }}

),

companies as (

    select
        tenant_id,
        source_record_id,
        min(company_id) as company_id

    from {{ ref('int_companies') }}

    where not is_billing_only

    group by tenant_id, source_record_id

    having count(*) = 1

),

codes as (

    select
        tenant_id,
        customer_code,
        min(company_id) as company_id

    from {{ ref('int_companies') }}

    where customer_code is not null

    group by tenant_id, customer_code

    having count(*) = 1

),

placements as (

    select
        tenant_id,
        source_record_id,
        min(placement_id) as placement_id

    from {{ ref('int_placements') }}

    group by tenant_id, source_record_id

    having count(*) = 1

),

applications as (

    select
        tenant_id,
        source_record_id,
        min(application_id) as application_id

    from {{ ref('int_applications') }}

    group by tenant_id, source_record_id

    having count(*) = 1

),

-- The one contact record of a person, for answers that came by address.
sole_contacts as (

    select
        person_id,
        min(contact_id) as contact_id

    from {{ ref('int_contacts') }}

    where person_id is not null

    group by person_id

    having count(*) = 1

),

found as (

    select
        answers.*,
        coalesce(
            candidates.person_id, contacts.person_id
        ) as hidden_person_id,
        addresses.person_id as address_person_id,
        coalesce(addresses.is_shared_mailbox, false) as is_shared_mailbox,
        case
            when answers.respondent_kind = 'client'
                then coalesce(contacts.record_id, sole_contacts.contact_id)
        end as contact_id,
        coalesce(companies.company_id, codes.company_id) as named_company_id,
        placements.placement_id,
        applications.application_id

    from answers
    left join person_ids as candidates
        on
            answers.tenant_id = candidates.tenant_id
            and answers.candidate_record_id = candidates.source_record_id
            and candidates.record_kind = 'candidate'
    left join person_ids as contacts
        on
            answers.tenant_id = contacts.tenant_id
            and answers.contact_record_id = contacts.source_record_id
            and contacts.record_kind = 'contact'
    left join addresses
        on
            answers.tenant_id = addresses.tenant_id
            and answers.respondent_email = addresses.email_normalised
    left join sole_contacts
        on
            coalesce(contacts.person_id, addresses.person_id)
            = sole_contacts.person_id
    left join companies
        on
            answers.tenant_id = companies.tenant_id
            and answers.company_record_id = companies.source_record_id
    left join codes
        on
            answers.tenant_id = codes.tenant_id
            and answers.company_key = codes.customer_code
    left join placements
        on
            answers.tenant_id = placements.tenant_id
            and answers.placement_record_id = placements.source_record_id
    left join applications
        on
            answers.tenant_id = applications.tenant_id
            and answers.application_record_id = applications.source_record_id

),

resolved as (

    select
        *,
        -- Null unless the person is known, so that the join below is by equality.
        case
            when
                hidden_person_id is not null
                or (not is_shared_mailbox and address_person_id is not null)
                then contact_id
        end as known_contact_id,
        case
            when hidden_person_id is not null then hidden_person_id
            when not is_shared_mailbox then address_person_id
        end as person_id,
        case
            when hidden_person_id is not null then 'hidden_id'
            when is_shared_mailbox then 'shared_mailbox'
            when address_person_id is not null then 'email'
            else 'unresolved'
        end as resolution

    from found

),

described as (

    select
        resolved.response_id,
        {{ provenance('resolved') }},
        resolved.form_id,
        resolved.person_id,
        contacts.contact_id,
        coalesce(
            resolved.named_company_id,
            contacts.company_id,
            placements.company_id,
            applications.company_id
        ) as company_id,
        resolved.placement_id,
        resolved.application_id,
        coalesce(placements.job_id, applications.job_id) as job_id,
        coalesce(
            placements.recruiter_id,
            applications.recruiter_id,
            contacts.recruiter_id,
            people.recruiter_id
        ) as recruiter_id,
        resolved.respondent_kind,
        resolved.survey_trigger as trigger,
        case
            when resolved.survey_trigger = 'unknown' then 'unknown'
            when resolved.survey_trigger = 'relationship'
                then 'relationship'
            else 'transactional'
        end as survey_kind,
        resolved.resolution,
        coalesce(
            resolved.person_id,
            {{ pseudonym(
                'pseudonym_key.secret',
                "resolved.tenant_id || '|' || resolved.respondent_email"
            ) }},
            resolved.response_id
        ) as respondent_key,
        resolved.who_told_you,
        resolved.score,
        resolved.csat_score,
        resolved.ces_score,
        {% for driver in driver_refs() %}
        resolved.rating_{{ driver }},
        {% endfor %}
        resolved.is_nps_scale,
        resolved.is_other_scale_as_nps,
        resolved.has_score_given,
        resolved.comment_text is not null as has_comment,
        resolved.is_shared_mailbox,
        resolved.submitted_at

    from resolved
    cross join {{ source('vouch_keys', 'pseudonym_key') }} as pseudonym_key
    left join {{ ref('int_contacts') }} as contacts
        on resolved.known_contact_id = contacts.contact_id
    left join {{ ref('int_placements') }} as placements
        on resolved.placement_id = placements.placement_id
    left join {{ ref('int_applications') }} as applications
        on resolved.application_id = applications.application_id
    left join {{ ref('int_people') }} as people
        on resolved.person_id = people.person_id

)

select * from described
