with

-- The smallest company wins where a job is written twice; the seed is checked
-- for that when it is loaded.
written as (

    select
        trim(job_id) as job_id,
        min({{ text('company_id') }}) as company_id,
        min(upper({{ text('customer_code') }})) as customer_code

    from {{ ref('job_company_map') }}

    where {{ text('job_id') }} is not null

    group by trim(job_id)

),

jobs as (

    select
        record.job_id,
        record.tenant_id,
        companies.company_id

    from {{ ref('stg_bullhorn__job_orders') }} as record
    left join {{ ref('int_companies') }} as companies
        on record.company_id = companies.company_id

    where {{ usable('record') }}

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

judged as (

    select
        written.job_id,
        jobs.tenant_id,
        case
            when jobs.job_id is null then 'unknown_job'
            when jobs.company_id is not null then 'job_has_client'
            when coalesce(named.company_id, codes.company_id) is null
                then 'unknown_company'
            else 'applied'
        end as status,
        coalesce(named.company_id, codes.company_id) as company_id

    from written
    left join jobs
        on written.job_id = jobs.job_id
    left join {{ ref('int_companies') }} as named
        on
            written.company_id = named.company_id
            and jobs.tenant_id = named.tenant_id
    left join codes
        on
            jobs.tenant_id = codes.tenant_id
            and written.customer_code = codes.customer_code

)

select * from judged
