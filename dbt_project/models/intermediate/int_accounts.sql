with

accounts as (

    select
        record.account_id,
        {{ provenance('record') }},
        record.account_code,
        record.account_name,
        record.account_type,
        record.account_class,
        record.status

    from {{ ref('stg_xero__accounts') }} as record

    where {{ usable('record') }}

)

select * from accounts
