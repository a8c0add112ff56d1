with

-- A merged-away duplicate keeps its evidence: it was recorded all the same.
candidates as (

    select
        {{ provenance('record') }},
        'candidate' as referred_kind,
        links.person_id as referred_person_id,
        cast(null as string) as referred_company_id,
        cast(null as string) as lead_id,
        cast(null as string) as contact_id,
        cast(null as string) as response_id,
        record.referrer_record_id,
        record.referrer_kind,
        record.referrer_text,
        record.source as source_value,
        record.added_at as referred_at

    from {{ ref('stg_bullhorn__candidates') }} as record
    inner join {{ ref('int_person_members') }} as links
        on
            record.candidate_id = links.record_id
            and links.record_kind = 'candidate'

    where record.reject_reason is null

),

contacts as (

    select
        {{ provenance('record') }},
        'contact' as referred_kind,
        links.person_id as referred_person_id,
        companies.company_id as referred_company_id,
        cast(null as string) as lead_id,
        record.contact_id,
        cast(null as string) as response_id,
        record.referrer_record_id,
        record.referrer_kind,
        cast(null as string) as referrer_text,
        record.source as source_value,
        record.added_at as referred_at

    from {{ ref('stg_bullhorn__client_contacts') }} as record
    inner join {{ ref('int_person_members') }} as links
        on
            record.contact_id = links.record_id
            and links.record_kind = 'contact'
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id

    where record.reject_reason is null

),

leads as (

    select
        {{ provenance('leads') }},
        'lead' as referred_kind,
        leads.person_id as referred_person_id,
        leads.company_id as referred_company_id,
        leads.lead_id,
        cast(null as string) as contact_id,
        cast(null as string) as response_id,
        record.referrer_record_id,
        record.referrer_kind,
        cast(null as string) as referrer_text,
        record.source as source_value,
        record.added_at as referred_at

    from {{ ref('stg_bullhorn__leads') }} as record
    inner join {{ ref('int_leads') }} as leads
        on record.lead_id = leads.lead_id

),

answers as (

    select
        {{ provenance('responses') }},
        case responses.respondent_kind
            when 'client' then 'contact' else 'candidate'
        end as referred_kind,
        responses.person_id as referred_person_id,
        case
            when responses.respondent_kind = 'client'
                then responses.company_id
        end as referred_company_id,
        cast(null as string) as lead_id,
        responses.contact_id,
        responses.response_id,
        cast(null as string) as referrer_record_id,
        cast(null as string) as referrer_kind,
        cast(null as string) as referrer_text,
        responses.who_told_you as source_value,
        responses.submitted_at as referred_at

    from {{ ref('int_survey_responses') }} as responses

    where responses.who_told_you is not null

),

records as (

    select * from candidates
    union all
    select * from contacts
    union all
    select * from leads
    union all
    select * from answers

),

categorised as (

    select
        records.*,
        coalesce(channel_map.is_referral, false) as says_referral

    from records
    left join {{ ref('channel_map') }} as channel_map
        on
            split_part(records.source_entity, '.', 1)
            = channel_map.source_system
            and records.source_value = channel_map.source_value

),

evidence as (

    select
        *,
        'linked_record' as evidence

    from categorised

    where referrer_record_id is not null

    union all

    select
        *,
        'free_text' as evidence

    from categorised

    where referrer_text is not null

    union all

    select
        *,
        case
            when response_id is null then 'source_category'
            else 'survey_answer'
        end as evidence

    from categorised

    where says_referral

),

keyed as (

    select
        *,
        source_relation || ':' || split_part(source_entity, '.', 2) || ':'
        || source_record_id || ':' || evidence as referral_id

    from evidence

)

select * from keyed
