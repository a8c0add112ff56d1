with

placements as (

    select *

    from {{ ref('fct_placements') }}

    where
        is_started
        and person_id is not null
        and start_date <= {{ as_of_date() }}

),

jobs as (

    select
        tenant_id,
        person_id,
        placement_id,
        job_family || ' | ' || seniority as job_stratum,
        cast(start_date as timestamp) as placed_at,
        row_number() over (
            partition by tenant_id, person_id
            order by start_date asc nulls last, placement_id asc nulls last
        ) as place

    from placements

),

-- People can refer out of what they went through once they are placed.
placed as (

    select *

    from jobs

    where place = 1

),

answers as (

    select
        placed.tenant_id,
        placed.person_id,
        answers.response_id,
        answers.score,
        answers.submitted_at,
        answers.population,
        row_number() over (
            partition by placed.tenant_id, placed.person_id
            order by
                answers.submitted_at asc nulls last,
                answers.response_id asc nulls last
        ) as answer_number

    from placed

    inner join {{ ref('fct_survey_responses') }} as answers
        on
            placed.tenant_id = answers.tenant_id
            and placed.person_id = answers.person_id

    where
        answers.audience = 'candidate'
        and answers.submitted_at >= placed.placed_at
        and answers.submitted_date <= {{ as_of_date() }}

),

first_answers as (

    select *

    from answers

    where answer_number = 1

),

soured as (

    select
        tenant_id,
        person_id,
        min(submitted_at) as soured_at

    from answers

    where score <= 6

    group by tenant_id, person_id

),

recovered as (

    select
        soured.tenant_id,
        soured.person_id,
        min(answers.submitted_at) as recovered_at

    from soured

    inner join answers
        on
            soured.tenant_id = answers.tenant_id
            and soured.person_id = answers.person_id

    where answers.score > 6 and answers.submitted_at > soured.soured_at

    group by soured.tenant_id, soured.person_id

),

experiences as (

    select

        ---------- ids
        placed.tenant_id,
        placed.person_id,

        ---------- strings
        placed.job_stratum,

        ---------- numerics
        first_answers.score as first_score,

        ---------- timestamps
        placed.placed_at,
        first_answers.submitted_at as first_answered_at,
        soured.soured_at,
        recovered.recovered_at,
        cast({{ as_of_date() }} as timestamp) as last_seen_at

    from placed

    inner join first_answers
        on
            placed.tenant_id = first_answers.tenant_id
            and placed.person_id = first_answers.person_id

    left join soured
        on
            placed.tenant_id = soured.tenant_id
            and placed.person_id = soured.person_id

    left join recovered
        on
            placed.tenant_id = recovered.tenant_id
            and placed.person_id = recovered.person_id

)

select * from experiences
