with

applications as (

    select *

    from {{ ref('int_applications') }}

    where cast(applied_at as date) <= {{ as_of_date() }} or applied_at is null

),

jobs as (

    select * from {{ ref('dim_jobs') }}

),

channels as (

    select * from {{ ref('application_channels') }}

),

-- A canceled placement never fills a job; a hire whose first day is to come
-- is not placed yet.
placements as (

    select
        application_id,
        max(case when is_started then 1 else 0 end) as started,
        max(
            case
                when not is_started and status not in ('canceled', 'terminated')
                    then 1
                else 0
            end
        ) as expected,
        min(case when is_started then start_date end) as start_date

    from {{ ref('fct_placements') }}

    where application_id is not null

    group by application_id

),

reached as (

    select
        application_id,
        {% for group in [
            'screening', 'submitted', 'interview', 'offer', 'hired', 'rejected'
        ] -%}
        min(case when stage_group = '{{ group }}' then entered_at end)
            as {{ group }}_at,
        {% endfor -%}
        min(case when stage_group = 'withdrawn' then entered_at end)
            as withdrawn_at

    from {{ ref('fct_stage_events') }}

    group by application_id

),

joined as (

    select
        applications.*,
        jobs.employment_type,
        jobs.job_family,
        jobs.seniority,
        channels.channel,
        channels.referral_status,
        channels.referrer_person_id,
        reached.screening_at,
        reached.submitted_at,
        reached.interview_at as interviewed_at,
        reached.offer_at,
        -- An offer that became a placement was accepted, even where the stage
        -- was skipped.
        coalesce(
            reached.hired_at,
            case
                when cast(applications.hired_at as date) <= {{ as_of_date() }}
                    then applications.hired_at
            end
        ) as accepted_at,
        reached.rejected_at as ever_rejected_at,
        reached.withdrawn_at,
        coalesce(placements.started, 0) = 1 as is_placed,
        coalesce(placements.expected, 0) = 1 as is_start_expected,
        placements.start_date

    from applications

    left join jobs
        on applications.job_id = jobs.job_id

    left join channels
        on
            applications.tenant_id = channels.tenant_id
            and applications.application_id = channels.application_id

    left join placements
        on applications.application_id = placements.application_id

    left join reached
        on applications.application_id = reached.application_id

),

described as (

    select

        ---------- ids
        application_id,
        tenant_id,
        person_id,
        job_id,
        company_id,
        recruiter_id,
        placement_id,
        referrer_person_id,

        ---------- strings
        coalesce(channel, 'unknown') as channel,
        coalesce(referral_status, 'unknown') as referral_status,
        coalesce(employment_type, 'unknown') as employment_type,
        coalesce(job_family, 'unknown') as job_family,
        coalesce(seniority, 'unknown') as seniority,
        status_group,
        case
            when is_placed then 'placed'
            when is_start_expected then 'start_expected'
            when accepted_at is not null then 'not_started'
            when status_group = 'rejected' then 'rejected'
            when status_group = 'withdrawn' then 'withdrawn'
            else 'open'
        end as outcome,

        ---------- numerics
        case
            when accepted_at >= applied_at
                then {{ days_between('applied_at', 'accepted_at') }}
        end as days_to_hire,

        ---------- booleans
        coalesce(
            submitted_at is not null
            or interviewed_at is not null
            or offer_at is not null
            or accepted_at is not null
            or status_group in ('submitted', 'interview', 'offer', 'hired'),
            false
        ) as is_presented,
        interviewed_at is not null as is_interviewed,
        offer_at is not null or accepted_at is not null as is_offered,
        accepted_at is not null as is_accepted,
        is_placed,

        ---------- dates
        {{ month_of('applied_at') }} as applied_month,
        start_date,

        ---------- timestamps
        cast(applied_at as timestamp) as applied_at,
        cast(screening_at as timestamp) as screened_at,
        cast(submitted_at as timestamp) as submitted_at,
        cast(interviewed_at as timestamp) as interviewed_at,
        cast(coalesce(offer_at, accepted_at) as timestamp) as offered_at,
        cast(accepted_at as timestamp) as accepted_at,
        cast(ever_rejected_at as timestamp) as rejected_at,
        cast(withdrawn_at as timestamp) as withdrawn_at

    from joined

)

select * from described
