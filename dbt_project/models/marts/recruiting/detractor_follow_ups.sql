with

detractors as (

    select *

    from {{ ref('fct_survey_responses') }}

    where band = 'detractor' and submitted_date <= {{ as_of_date() }}

),

notes as (

    select
        tenant_id,
        person_id,
        noted_at

    from {{ ref('int_notes') }}

    where
        person_id is not null
        and cast(noted_at as date) <= {{ as_of_date() }}

),

followed as (

    select
        detractors.tenant_id,
        detractors.response_id,
        min(notes.noted_at) as followed_up_at

    from detractors

    inner join notes
        on
            detractors.tenant_id = notes.tenant_id
            and detractors.person_id = notes.person_id

    where notes.noted_at > detractors.submitted_at

    group by detractors.tenant_id, detractors.response_id

),

judged as (

    select
        detractors.tenant_id,
        detractors.response_id,
        detractors.recruiter_id,
        detractors.submitted_at,
        followed.followed_up_at,
        detractors.person_id is null as is_nobody_known,
        detractors.submitted_date

    from detractors

    left join followed
        on
            detractors.tenant_id = followed.tenant_id
            and detractors.response_id = followed.response_id

    -- Younger answers may still be followed up in time.
    where {{ hours_between(
        'detractors.submitted_at', 'cast(' ~ as_of_date() ~ ' as timestamp)'
    ) }} >= 48

),

final as (

    select
        tenant_id,
        response_id,
        recruiter_id,
        coalesce(
            {{ hours_between('submitted_at', 'followed_up_at') }} <= 48, false
        ) as is_followed_up_48h,
        is_nobody_known,
        submitted_date

    from judged

)

select * from final
