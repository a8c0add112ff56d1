with

comments as (

    select
        answers.response_id,
        {{ provenance('answers') }},
        answers.respondent_email,
        answers.comment_text as comment,
        answers.who_told_you_text

    from {{ ref('int_survey_answers') }} as answers

    where
        answers.comment_text is not null
        or answers.who_told_you_text is not null

)

select * from comments
