with

placements as (

    select * from {{ ref('stg_bullhorn__placements') }}

    where {{ usable() }}

),

candidates as (

    select
        record_id as candidate_id,
        person_id

    from {{ ref('int_person_members') }}

    where record_kind = 'candidate'

),

documents as (

    select
        tenant_id,
        placement_record_id,
        currency,
        document_date,
        document_id

    from {{ ref('stg_xero__invoices') }}
    where
        document_kind = 'accrec'
        and placement_record_id is not null
        and {{ usable() }}
        and {{ is_posted('status') }}

),

billed as (

    select
        tenant_id,
        placement_record_id,
        currency,
        row_number() over (
            partition by tenant_id, placement_record_id
            order by document_date asc nulls last, document_id asc nulls last
        ) as document_rank

    from documents

),

joined as (

    select
        record.*,
        candidates.person_id,
        applications.application_id as known_application_id,
        jobs.job_id as known_job_id,
        jobs.company_id,
        coalesce(owners.recruiter_id, jobs.recruiter_id)
            as known_recruiter_id,
        coalesce(billed.currency, companies.billing_currency) as currency,
        case
            when record.employment_type = 'unknown'
                then coalesce(jobs.employment_type, 'unknown')
            else record.employment_type
        end as known_employment_type,
        record.status in ('approved', 'completed', 'terminated')
        and record.start_date <= {{ as_of_date() }}
        and coalesce(record.end_date >= record.start_date, true)
            as is_started,
        {{ add_days('record.start_date', 'record.guarantee_days') }}
            as guarantee_end_date

    from placements as record
    left join candidates
        on record.candidate_id = candidates.candidate_id
    left join {{ ref('int_applications') }} as applications
        on record.application_id = applications.application_id
    left join {{ ref('int_jobs') }} as jobs
        on record.job_id = jobs.job_id
    left join {{ ref('int_companies') }} as companies
        on jobs.company_id = companies.company_id
    left join {{ ref('int_recruiters') }} as owners
        on record.recruiter_id = owners.recruiter_id
    left join billed
        on
            record.tenant_id = billed.tenant_id
            and record.source_record_id = billed.placement_record_id
            and billed.document_rank = 1

),

described as (

    select
        placement_id,
        {{ provenance('joined') }},
        known_application_id as application_id,
        person_id,
        known_job_id as job_id,
        company_id,
        known_recruiter_id as recruiter_id,
        known_employment_type as employment_type,
        status,
        case when status = 'terminated' then termination_reason end
            as termination_reason,
        salary_unit,
        referral_fee_type,
        currency,
        guarantee_days,
        pro_rated_days,
        salary_amount,
        fee_fraction,
        case
            when salary_unit = 'year'
                then cast(salary_amount * fee_fraction as decimal(18, 4))
        end as fee_amount,
        pay_rate,
        bill_rate,
        referral_fee_amount,
        coalesce(is_started, false) as is_started,
        status = 'terminated' as is_terminated,
        -- The last guaranteed day is day guarantee_days after the start; no
        -- guarantee (0 days, as on contracts) cannot be fallen out of.
        coalesce(
            is_started
            and status = 'terminated'
            and guarantee_days > 0
            and end_date <= guarantee_end_date,
            false
        ) as is_falloff,
        start_date,
        end_date,
        guarantee_end_date,
        case when status = 'terminated' then end_date end as terminated_date,
        added_at,
        case when status = 'terminated' then ended_at end as terminated_at

    from joined

)

select * from described
