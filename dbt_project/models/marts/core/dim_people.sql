with

people as (

    select * from {{ ref('int_people') }}

),

channels as (

    select * from {{ ref('candidate_channels') }}

),

described as (

    select

        ---------- ids
        people.person_id,
        people.tenant_id,
        people.recruiter_id,

        ---------- strings
        case
            when people.is_candidate then coalesce(channels.channel, 'unknown')
        end as candidate_channel,

        ---------- booleans
        people.is_candidate,
        people.is_contact,
        people.is_anonymised,
        people.is_shared_mailbox,

        ---------- dates
        cast(people.first_seen_at as date) as first_seen_date

    from people

    left join channels
        on people.person_id = channels.person_id

)

select * from described
