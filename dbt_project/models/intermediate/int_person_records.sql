with

candidates as (

    select
        {{ provenance('record') }},
        'candidate' as record_kind,
        record.candidate_id as record_id,
        record.merged_into_id,
        record.recruiter_id,
        record.first_name,
        record.last_name,
        record.email_normalised,
        record.phone,
        record.source,
        record.is_deleted,
        record.is_anonymised,
        record.added_at

    from {{ ref('stg_bullhorn__candidates') }} as record

    where record.reject_reason is null

),

contacts as (

    select
        {{ provenance('record') }},
        'contact' as record_kind,
        record.contact_id as record_id,
        record.merged_into_id,
        record.recruiter_id,
        record.first_name,
        record.last_name,
        record.email_normalised,
        record.phone,
        record.source,
        record.is_deleted,
        record.is_anonymised,
        record.added_at

    from {{ ref('stg_bullhorn__client_contacts') }} as record

    where record.reject_reason is null

),

leads as (

    select
        {{ provenance('record') }},
        'lead' as record_kind,
        record.lead_id as record_id,
        cast(null as string) as merged_into_id,
        record.recruiter_id,
        record.first_name,
        record.last_name,
        record.email_normalised,
        cast(null as string) as phone,
        record.source,
        record.is_deleted,
        record.op = 'anonymise' as is_anonymised,
        record.added_at

    from {{ ref('stg_bullhorn__leads') }} as record

    where record.reject_reason is null

),

records as (

    select * from candidates
    union all
    select * from contacts
    union all
    select * from leads

),

-- The vendor overwrites names with a word when it anonymises.
kept as (

    select
        records.*,
        case when not is_anonymised then first_name end as kept_first_name,
        case when not is_anonymised then last_name end as kept_last_name,
        case when not is_anonymised then email_normalised end as kept_address,
        case when not is_anonymised then phone end as kept_number

    from records

),

identified as (

    select
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        payload_sha256,
        record_kind,
        record_id,
        merged_into_id,
        recruiter_id,
        kept_number as phone,
        source,
        is_deleted,
        is_anonymised,
        added_at,
        kept_first_name as first_name,
        kept_last_name as last_name,
        source_relation || ':' || record_kind || ':' || source_record_id
            as person_record_id,
        -- As the agency writes it in person_overrides.
        source_relation || '.' || split_part(source_entity, '.', 2) || ':'
        || source_record_id as record_key,
        -- Sorts as the ids were given out: the oldest record names the person,
        -- so that a later record of the same person does not rename it.
        tenant_id || '|' || source_relation || ':'
        || lpad(source_record_id, 40, '0') || ':' || record_kind as natural_key,
        {{ email_key('kept_address') }} as email_normalised,
        {{ phone_key('kept_number') }} as phone_normalised,
        {{ plain_name('kept_first_name') }} || ' '
        || {{ plain_name('kept_last_name') }} as full_name,
        {{ plain_name("split_part(trim(kept_first_name), ' ', 1)") }}
            as given_name

    from kept

)

select * from identified
