with

named as (

    select
        record.recruiter_id,
        {{ provenance('record') }},
        record.first_name,
        record.last_name,
        record.email_normalised

    from {{ ref('stg_bullhorn__corporate_users') }} as record

    where record.reject_reason is null

)

select * from named
