{%- set cell -%}
    tenant_id, period, period_start, audience, survey_kind, trigger, population,
    cut_by, cut
{%- endset %}

with

periods as (

    select * from {{ ref('period_months') }}

    where period in ('trailing_12m', 'all')

),

detractors as (

    select * from {{ ref('fct_survey_responses') }}

    where
        band = 'detractor'
        and is_follow_up_due
        and person_id is not null
        and submitted_date <= {{ as_of_date() }}

),

cuts as (

    select
        detractors.*,
        'all' as cut_by,
        'all' as cut

    from detractors

    union all

    select
        detractors.*,
        'recruiter' as cut_by,
        coalesce(recruiter_id, 'unknown') as cut

    from detractors

),

windowed as (

    select
        cuts.tenant_id,
        periods.period,
        periods.period_start,
        cuts.audience,
        cuts.survey_kind,
        cuts.trigger,
        cuts.population,
        cuts.cut_by,
        cuts.cut,
        cuts.respondent_key,
        cuts.response_id,
        cuts.hours_to_follow_up,
        periods.is_finished

    from cuts

    inner join periods
        on
            cuts.tenant_id = periods.tenant_id
            and cuts.submitted_month = periods.month_start

    where periods.is_newest or cuts.cut_by = 'all'

),

-- Those never followed up come last: longer than any known time.
ranked as (

    select
        *,
        row_number() over (
            partition by {{ cell }}
            order by hours_to_follow_up asc nulls last, response_id asc nulls last
        ) as place,
        cast(count(*) over (partition by {{ cell }}) as double) as answers

    from windowed

),

placed as (

    select
        *,
        floor(answers / 2e0 - {{ z95() }} * sqrt(answers) / 2e0) as low_place,
        ceil(answers / 2e0 + {{ z95() }} * sqrt(answers) / 2e0) + 1 as high_place,
        place in (floor((answers + 1) / 2e0), ceil((answers + 1) / 2e0))
            as is_middle

    from ranked

),

summed as (

    select
        {{ cell }},
        bool_and(is_finished) as is_finished,
        cast(count(distinct respondent_key) as bigint) as n,
        min(answers) as answers,
        case
            when
                count(case when is_middle then hours_to_follow_up end)
                = count(case when is_middle then 1 end)
                then (
                    min(case when is_middle then hours_to_follow_up end)
                    + max(case when is_middle then hours_to_follow_up end)
                ) / 2e0
        end as median_hours,
        coalesce(
            max(case when place = low_place then hours_to_follow_up end),
            case when min(low_place) < 1 then 0e0 end
        ) as low_hours,
        max(case when place = high_place then hours_to_follow_up end)
            as high_hours

    from placed

    group by {{ cell }}

)

select * from summed
