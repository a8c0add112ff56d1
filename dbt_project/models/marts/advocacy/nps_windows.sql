{% set k = var('suppression_k', 5) %}
{% set scores = "measure in ('nps', 'csat', 'ces')" %}
{# Name, its value, for which votes, whether for every period. #}
{% set cuts = [
    ('all', "'all'", 'true', true),
    ('referral_status', 'referral_status', scores, true),
    ('feedback', 'feedback', scores ~ ' and feedback is not null', true),
    ('recruiter', 'recruiter', 'true', false),
    ('company', "coalesce(top_company_id, 'unknown')", scores, false),
    ('stage', 'stage', scores ~ ' and stage is not null', false),
    ('channel', 'channel', scores, false),
] %}
{% set cell = 'tenant_id, measure, audience, survey_kind, trigger, population, cut_by, cut' %}

with

periods as (

    select * from {{ ref('period_months') }}

),

votes as (

    select * from {{ ref('survey_votes') }}

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
        case
            when survey_kind = 'relationship' and {{ scores }} then next_month
            else lead(vote_month) over (
                partition by {{ cell }}, respondent_key
                order by vote_month asc nulls last, vote_id asc nulls last
            )
        end as next_month_of_person

    from cuts

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
        cast(
            sum(
                case
                    when
                        tallied.next_month_of_person is null
                        or tallied.next_month_of_person >= periods.period_end
                        then tallied.votes
                    else 0
                end
            ) as bigint
        ) as n,
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
            or periods.period in ('trailing_12m', 'all')
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
                when cut_by = 'company' and (n >= {{ k }} or cut = 'unknown')
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
        bool_and(is_finished) as is_finished,
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
        cast(count(*) as bigint) as pooled_cuts

    from pooling

    group by
        tenant_id, measure, period, period_start, audience, survey_kind,
        trigger, population, cut_by, pooled_cut

)

select * from pooled
