{% set attributes = [
    'top_company_id', 'recruiter', 'stage', 'channel', 'referral_status',
    'feedback',
] %}
{% set feedback %}
        case
            when population <> 'rejected' then cast(null as string)
            when has_feedback then 'feedback'
            when not has_feedback then 'no_feedback'
            else 'unknown'
        end
{%- endset %}
{% set cell = 'tenant_id, measure, audience, survey_kind, trigger, population, unit_key' %}

with

responses as (

    select
        *,
        coalesce(recruiter_id, 'unknown') as recruiter,
        {{ feedback }} as feedback,
        -- One answer per person and, after an event, per event.
        respondent_key || '|' || coalesce(event_id, '') as unit_key

    from {{ ref('fct_survey_responses') }}

    where submitted_date <= {{ as_of_date() }}

),

ratings as (

    {% for measure in ['csat', 'ces'] %}
    select
        contexts.*,
        '{{ measure }}' as measure,
        cast({{ measure }}_score as int) as amount

    from {{ ref('survey_contexts') }} as contexts

    where
        {{ measure }}_score is not null
        and cast(submitted_at as date) <= {{ as_of_date() }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

contexts as (

    select * from {{ ref('survey_contexts') }}

    where
        survey_kind = 'transactional'
        and cast(submitted_at as date) <= {{ as_of_date() }}

),

occasions as (

    select * from {{ ref('survey_occasions') }}

),

-- The slower half of the answers speaks for those who stayed silent.
late as (

    select
        tenant_id,
        response_id

    from {{ ref('survey_reply_times') }}

    where is_late

),

cast_votes as (

    select
        responses.tenant_id,
        'nps' as measure,
        responses.audience,
        responses.survey_kind,
        responses.trigger,
        responses.population,
        responses.unit_key,
        responses.respondent_key,
        responses.response_id as vote_id,
        {% for attribute in attributes %}
        responses.{{ attribute }},
        {% endfor %}
        responses.score as amount,
        responses.band = 'promoter' as is_high,
        responses.band = 'detractor' as is_low,
        false as is_unknown,
        late.response_id is not null as is_late,
        responses.submitted_month as vote_month,
        responses.submitted_at as voted_at

    from responses

    left join late
        on
            responses.tenant_id = late.tenant_id
            and responses.response_id = late.response_id

    union all

    select
        tenant_id,
        measure,
        audience,
        survey_kind,
        trigger,
        population,
        respondent_key || '|' || coalesce(event_id, '') as unit_key,
        respondent_key,
        response_id as vote_id,
        top_company_id,
        coalesce(recruiter_id, 'unknown') as recruiter,
        stage,
        channel,
        referral_status,
        {{ feedback }} as feedback,
        amount,
        measure = 'csat' and amount >= 4 as is_high,
        false as is_low,
        false as is_unknown,
        false as is_late,
        {{ month_of('submitted_at') }} as vote_month,
        submitted_at as voted_at

    from ratings

),

once as (

    -- A detractor's answer is an event of its own: each of them counts.
    {% for measure, high, unknown, condition in [
        (
            'followed_up_48h', 'is_followed_up_48h',
            'is_followed_up_48h is null', 'is_follow_up_due',
        ),
        (
            'recovered_share', "next_outcome = 'recovered'",
            "next_outcome = 'unknown'", 'true',
        ),
        (
            'recovered_share_answered', "next_outcome = 'recovered'", 'false',
            "next_outcome <> 'unknown'",
        ),
    ] %}
    select
        tenant_id,
        '{{ measure }}' as measure,
        audience,
        survey_kind,
        trigger,
        population,
        response_id as unit_key,
        respondent_key,
        recruiter,
        coalesce({{ high }}, false) as is_high,
        false as is_low,
        {{ unknown }} as is_unknown,
        submitted_month as vote_month

    from responses

    where band = 'detractor' and {{ condition }}

    union all

    {% endfor %}
    -- High is answered, low never asked.
    select
        tenant_id,
        'occasions' as measure,
        audience,
        'transactional' as survey_kind,
        trigger,
        population,
        occasion_id as unit_key,
        respondent_key,
        coalesce(recruiter_id, 'unknown') as recruiter,
        is_answered as is_high,
        not coalesce(is_invited, true) as is_low,
        is_invited is null as is_unknown,
        {{ month_of('occurred_date') }} as vote_month

    from occasions

    union all

    -- Answers that name no known event may belong to any of them.
    select
        tenant_id,
        'unlinked_answers' as measure,
        audience,
        survey_kind,
        trigger,
        population,
        response_id as unit_key,
        respondent_key,
        coalesce(recruiter_id, 'unknown') as recruiter,
        true as is_high,
        false as is_low,
        false as is_unknown,
        {{ month_of('submitted_at') }} as vote_month

    from contexts

    where event_id is null or event_id = form_id

),

-- The latest of a month counts in every window that ends before the next one,
-- so votes are counted once here and only counts are multiplied by windows.
monthly as (

    select
        *,
        {% for attribute in attributes %}
        first_value({{ attribute }}) over (
            partition by {{ cell }}
            order by voted_at asc nulls last, vote_id asc nulls last
        ) as first_{{ attribute }},
        {% endfor %}
        row_number() over (
            partition by {{ cell }}, vote_month
            order by voted_at desc nulls last, vote_id desc nulls last
        ) as vote_rank

    from cast_votes

),

latest as (

    select
        tenant_id,
        measure,
        audience,
        survey_kind,
        trigger,
        population,
        unit_key,
        respondent_key,
        vote_id,
        {% for attribute in attributes %}
        -- What is said of an event is what was so at its first answer.
        case
            when survey_kind <> 'relationship' then first_{{ attribute }}
            else {{ attribute }}
        end as {{ attribute }},
        {% endfor %}
        amount,
        is_high,
        is_low,
        is_unknown,
        is_late,
        vote_month,
        lead(vote_month) over (
            partition by {{ cell }}
            order by vote_month asc nulls last
        ) as next_month

    from monthly

    where vote_rank = 1

),

votes as (

    select * from latest

    union all

    select
        tenant_id,
        measure,
        audience,
        survey_kind,
        trigger,
        population,
        unit_key,
        respondent_key,
        unit_key as vote_id,
        {% for attribute in attributes %}
        {% if attribute == 'recruiter' -%}
        recruiter,
        {%- else -%}
        cast(null as string) as {{ attribute }},
        {%- endif %}
        {% endfor %}
        0 as amount,
        is_high,
        is_low,
        is_unknown,
        false as is_late,
        vote_month,
        cast(null as date) as next_month

    from once

)

select * from votes
