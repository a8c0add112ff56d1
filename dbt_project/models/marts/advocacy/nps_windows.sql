{% set k = var('suppression_k') %}
{% set scores = "measure in ('nps', 'csat', 'ces')" %}
{# Name, its value, for which votes, whether for every period. #}
{% set cuts = [
    ('all', "'all'", 'true', true),
    ('referral_status', 'referral_status', scores, true),
    ('feedback', 'feedback', scores ~ ' and feedback is not null', true),
    ('recruiter', 'recruiter', 'true', false),
    ('company', 'company', scores, false),
    ('stage', 'stage', scores ~ ' and stage is not null', false),
    ('channel', 'channel', scores, false),
] %}
{% set cell = 'tenant_id, measure, audience, survey_kind, trigger, population, cut_by, cut' %}

with

periods as (

    select * from {{ ref('period_months') }}

),

-- A company that never had enough people is pooled before anything is
-- multiplied by windows.
company_people as (

    select
        tenant_id,
        measure,
        audience,
        survey_kind,
        trigger,
        population,
        top_company_id,
        count(distinct respondent_key) as people

    from {{ ref('survey_votes') }}

    where {{ scores }} and top_company_id is not null

    group by
        tenant_id, measure, audience, survey_kind, trigger, population,
        top_company_id

),

-- Most people have one vote: only the others need to be put in order.
frequent_people as (

    select
        tenant_id,
        measure,
        audience,
        survey_kind,
        trigger,
        population,
        respondent_key

    from {{ ref('survey_votes') }}

    where not (survey_kind = 'relationship' and {{ scores }})

    group by
        tenant_id, measure, audience, survey_kind, trigger, population,
        respondent_key

    having count(*) > 1

),

votes as (

    select
        votes.*,
        frequent_people.respondent_key is not null as is_of_frequent_person,
        case
            when votes.top_company_id is null then 'unknown'
            when company_people.people < {{ k }}
                then '(fewer than {{ k }} people)'
            else votes.top_company_id
        end as company

    from {{ ref('survey_votes') }} as votes

    left join company_people
        on
            votes.tenant_id = company_people.tenant_id
            and votes.measure = company_people.measure
            and votes.audience = company_people.audience
            and votes.survey_kind = company_people.survey_kind
            and votes.trigger = company_people.trigger
            and votes.population = company_people.population
            and votes.top_company_id = company_people.top_company_id

    left join frequent_people
        on
            votes.tenant_id = frequent_people.tenant_id
            and votes.measure = frequent_people.measure
            and votes.audience = frequent_people.audience
            and votes.survey_kind = frequent_people.survey_kind
            and votes.trigger = frequent_people.trigger
            and votes.population = frequent_people.population
            and votes.respondent_key = frequent_people.respondent_key

),

cuts as (

    {% for name, value, condition, is_always in cuts %}
    select
        votes.*,
        '{{ name }}' as cut_by,
        {{ value }} as cut,
        {{ 'true' if is_always else 'false' }} as is_for_every_period

    from votes

    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Somebody with several events in a window is one person: counted with the
-- last of them.
personal as (

    select
        *,
        lead(vote_month) over (
            partition by {{ cell }}, respondent_key
            order by vote_month asc nulls last, vote_id asc nulls last
        ) as next_month_of_person

    from cuts

    where is_of_frequent_person

    union all

    -- Of a relationship survey the next answer is the person's next.
    select
        *,
        next_month as next_month_of_person

    from cuts

    where not is_of_frequent_person

),

tallied as (

    select
        {{ cell }},
        is_for_every_period,
        vote_month,
        next_month,
        next_month_of_person,
        count(*) as votes,
        sum(case when is_high then 1 else 0 end) as high,
        sum(case when is_low then 1 else 0 end) as low,
        sum(case when is_unknown then 1 else 0 end) as unknown,
        sum(case when is_late then 1 else 0 end) as late,
        sum(case when is_late and is_high then 1 else 0 end) as late_high,
        sum(case when is_late and is_low then 1 else 0 end) as late_low,
        sum(amount) as amount,
        sum(amount * amount) as squares

    from personal

    group by
        {{ cell }}, is_for_every_period, vote_month, next_month,
        next_month_of_person

),

windowed as (

    select
        tallied.tenant_id,
        tallied.measure,
        periods.period,
        periods.period_start,
        tallied.audience,
        tallied.survey_kind,
        tallied.trigger,
        tallied.population,
        tallied.cut_by,
        tallied.cut,
        bool_and(periods.is_finished) as is_finished,
        {{ people_in_window('votes') }} as n,
        cast(sum(tallied.votes) as bigint) as answers,
        cast(sum(tallied.high) as bigint) as high_count,
        cast(sum(tallied.low) as bigint) as low_count,
        cast(sum(tallied.unknown) as bigint) as unknown_count,
        cast(sum(tallied.late) as bigint) as late_count,
        cast(sum(tallied.late_high) as bigint) as late_high_count,
        cast(sum(tallied.late_low) as bigint) as late_low_count,
        cast(sum(tallied.amount) as bigint) as amount,
        cast(sum(tallied.squares) as bigint) as squares

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.vote_month = periods.month_start

    where
        (
            tallied.next_month is null
            or tallied.next_month >= periods.period_end
        )
        and (
            tallied.is_for_every_period
            or (
                periods.period in ('trailing_12m', 'all')
                and (
                    periods.is_newest
                    or tallied.cut_by not in ('recruiter', 'company')
                )
            )
        )

    group by
        tallied.tenant_id, tallied.measure, periods.period,
        periods.period_start, tallied.audience, tallied.survey_kind,
        tallied.trigger, tallied.population, tallied.cut_by, tallied.cut

),

pooling as (

    select
        *,
        max(case when cut_by = 'all' then n end) over (
            partition by
                tenant_id, measure, period, period_start, audience, survey_kind,
                trigger, population
        ) as people_in_all,
        sum(
            case
                when
                    cut_by = 'company'
                    and cut <> '(fewer than {{ k }} people)'
                    and (n >= {{ k }} or cut = 'unknown')
                    then n
                else 0
            end
        ) over (
            partition by
                tenant_id, measure, period, period_start, audience, survey_kind,
                trigger, population
        ) as people_elsewhere,
        case
            when cut_by = 'company' and n < {{ k }} and cut <> 'unknown'
                then '(fewer than {{ k }} people)'
            else cut
        end as pooled_cut

    from windowed

),

pooled as (

    select
        tenant_id,
        measure,
        period,
        period_start,
        audience,
        survey_kind,
        trigger,
        population,
        cut_by,
        pooled_cut as cut,
        -- Nobody is counted twice: those of no other company, at least.
        cast(
            case
                when count(*) = 1 then max(n)
                else greatest(
                    max(n), max(people_in_all) - max(people_elsewhere)
                )
            end as bigint
        ) as n,
        {% for column in [
            'answers', 'high_count', 'low_count', 'unknown_count',
            'late_count', 'late_high_count', 'late_low_count', 'amount',
            'squares',
        ] %}
        cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor %}
        bool_and(is_finished) as is_finished

    from pooling

    group by
        tenant_id, measure, period, period_start, audience, survey_kind,
        trigger, population, cut_by, pooled_cut

)

select * from pooled
