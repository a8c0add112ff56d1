with

users as (

    select
        record.recruiter_id,
        {{ provenance('record') }},
        coalesce(record.is_enabled, false) as is_enabled,
        record.is_deleted

    from {{ ref('stg_bullhorn__corporate_users') }} as record

    where record.reject_reason is null

)

select * from users
