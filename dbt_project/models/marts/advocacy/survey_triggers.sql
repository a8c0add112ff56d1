with

answers as (

    select * from {{ ref('survey_contexts') }}

    where
        survey_kind = 'transactional'
        and cast(submitted_at as date) <= {{ as_of_date() }}

),

telling as (

    select
        tenant_id,
        source_relation

    from {{ ref('int_survey_invitations') }}

    where cast(delivered_at as date) <= {{ as_of_date() }}

    group by tenant_id, source_relation

),

-- A survey is in use from the month of its first answer; deliveries are known
-- if every source that brought an answer tells them.
surveyed as (

    select
        answers.tenant_id,
        answers.trigger,
        {{ month_of('min(answers.submitted_at)') }} as first_month,
        bool_and(telling.source_relation is not null) as is_told

    from answers

    left join telling
        on
            answers.tenant_id = telling.tenant_id
            and answers.source_relation = telling.source_relation

    group by answers.tenant_id, answers.trigger

)

select * from surveyed
