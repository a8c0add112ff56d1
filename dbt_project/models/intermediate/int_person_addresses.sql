with

addresses as (

    select
        records.tenant_id,
        records.email_normalised,
        case
            when count(distinct members.person_id) = 1
                then min(members.person_id)
        end as person_id,
        bool_or(members.is_shared_mailbox) as is_shared_mailbox

    from {{ ref('int_person_records') }} as records
    inner join {{ ref('int_person_members') }} as members
        on records.person_record_id = members.person_record_id

    where records.email_normalised is not null

    group by records.tenant_id, records.email_normalised

)

select
    tenant_id || '|' || email_normalised as person_address_id,
    tenant_id,
    email_normalised,
    person_id,
    is_shared_mailbox

from addresses
