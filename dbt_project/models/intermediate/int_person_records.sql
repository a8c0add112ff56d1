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

records as (

    select * from candidates
    union all
    select * from contacts

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
        phone,
        source,
        is_deleted,
        is_anonymised,
        added_at,
        source_relation || ':' || record_kind || ':' || source_record_id
            as person_record_id,
        -- Sorts as the ids were given out: the oldest record names the person,
        -- so that a later record of the same person does not rename it.
        tenant_id || '|' || source_relation || ':'
        || lpad(source_record_id, 40, '0') || ':' || record_kind as natural_key,
        -- The vendor overwrites names with a word when it anonymises.
        case when not is_anonymised then first_name end as first_name,
        case when not is_anonymised then last_name end as last_name,
        case when not is_anonymised then email_normalised end
            as email_normalised

    from records

)

select * from identified
