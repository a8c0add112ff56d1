with

links as (

    select
        links.*,
        records.natural_key,
        records.recruiter_id,
        records.source

    from {{ ref('int_person_members') }} as links
    inner join {{ ref('int_person_records') }} as records
        on links.person_record_id = records.person_record_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by person_id order by natural_key asc nulls last
        ) as age_rank,
        row_number() over (
            partition by person_id, record_kind
            order by natural_key asc nulls last
        ) as kind_rank

    from links

),

people as (

    select
        person_id,
        max(case when age_rank = 1 then tenant_id end) as tenant_id,
        max(case when age_rank = 1 then source_relation end)
            as source_relation,
        max(case when age_rank = 1 then source_entity end) as source_entity,
        max(case when age_rank = 1 then source_record_id end)
            as source_record_id,
        max(case when age_rank = 1 then payload_sha256 end) as payload_sha256,
        max(case when age_rank = 1 then recruiter_id end) as owner_id,
        max(
            case when kind_rank = 1 and record_kind = 'candidate' then source end
        ) as candidate_source,
        cast(
            count(*) filter (
                where record_kind = 'candidate' and not is_merged_away
            ) as int
        ) as candidate_records,
        cast(
            count(*) filter (
                where record_kind = 'contact' and not is_merged_away
            ) as int
        ) as contact_records,
        bool_or(record_kind = 'candidate') as is_candidate,
        bool_or(record_kind = 'contact') as is_contact,
        bool_or(record_kind = 'lead') as is_lead,
        bool_or(is_anonymised) as is_anonymised,
        bool_or(is_shared_mailbox) as is_shared_mailbox,
        min(added_at) as first_seen_at

    from ranked

    group by person_id

),

owned as (

    select
        people.person_id,
        {{ provenance('people') }},
        recruiters.recruiter_id,
        people.candidate_source,
        people.candidate_records,
        people.contact_records,
        people.is_candidate,
        people.is_contact,
        people.is_lead,
        people.is_anonymised,
        people.is_shared_mailbox,
        people.first_seen_at

    from people
    left join {{ ref('int_recruiters') }} as recruiters
        on people.owner_id = recruiters.recruiter_id

)

select * from owned
