with

periods as (

    select * from {{ ref('claim_periods') }}

),

answers as (

    select * from {{ ref('fct_survey_responses') }}

),

-- Who answers again at once can hardly be called before: a next answer counts
-- from the day until which a call counts, on both sides.
followed as (

    select
        answers.*,
        {{ hours_between('answers.submitted_at', 'later.submitted_at') }}
            as hours_to_next

    from answers

    inner join answers as later
        on
            answers.tenant_id = later.tenant_id
            and answers.next_response_id = later.response_id

    where answers.band = 'detractor' and answers.person_id is not null

),

units as (

    select
        followed.tenant_id,
        'follow_up_wins_back' as claim,
        'next_score' as measure,
        periods.period,
        periods.period_start,
        followed.audience || ' | ' || followed.survey_kind || ' | '
        || case when followed.score <= 3 then '0-3' else '4-6' end as stratum,
        followed.person_id as cluster_id,
        followed.person_id,
        case
            when
                followed.hours_to_follow_up <= 24 * {{ days_to_follow_up() }}
                then 1
            else 0
        end as is_side_a,
        followed.next_score as outcome,
        1 as exposure,
        cast(null as int) as events

    from followed

    inner join periods
        on followed.tenant_id = periods.tenant_id

    where
        followed.hours_to_next > 24 * {{ days_to_follow_up() }}
        and followed.submitted_date >= periods.period_start
        and followed.submitted_date < periods.period_end

)

select * from units
