with

periods as (

    select * from {{ ref('period_months') }}

),

responses as (

    select *

    from {{ ref('fct_survey_responses') }}

    where submitted_date <= {{ as_of_date() }}

),

cuts as (

    select
        responses.*,
        'all' as cut

    from responses

    union all

    select
        responses.*,
        referral_status as cut

    from responses

),

-- One answer per respondent, survey and period, the latest. A month's latest
-- counts in every window that ends before the respondent's next answer, so
-- rows are counted once here and only counts are multiplied by windows.
monthly as (

    select
        *,
        row_number() over (
            partition by
                tenant_id, cut, audience, survey_kind, trigger,
                population, form_id, respondent_key, submitted_month
            order by submitted_at desc nulls last, response_id desc nulls last
        ) as answer_rank

    from cuts

),

latest as (

    select
        *,
        lead(submitted_month) over (
            partition by
                tenant_id, cut, audience, survey_kind, trigger,
                population, form_id, respondent_key
            order by submitted_month asc nulls last
        ) as next_month

    from monthly

    where answer_rank = 1

),

tallied as (

    select
        tenant_id,
        cut,
        audience,
        survey_kind,
        trigger,
        population,
        submitted_month,
        next_month,
        count(*) as answers,
        sum(case when band = 'promoter' then 1 else 0 end) as promoters,
        sum(case when band = 'detractor' then 1 else 0 end) as detractors

    from latest

    group by
        tenant_id, cut, audience, survey_kind, trigger, population,
        submitted_month, next_month

),

windowed as (

    select
        tallied.tenant_id,
        periods.period,
        periods.period_start,
        tallied.audience,
        tallied.survey_kind,
        tallied.trigger,
        tallied.population,
        tallied.cut,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(tallied.answers) as bigint) as n,
        cast(sum(tallied.promoters) as bigint) as promoter_count,
        cast(sum(tallied.detractors) as bigint) as detractor_count

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.submitted_month = periods.month_start

    where
        tallied.next_month is null
        or tallied.next_month >= periods.period_end

    group by
        tallied.tenant_id, periods.period, periods.period_start,
        tallied.audience, tallied.survey_kind, tallied.trigger,
        tallied.population, tallied.cut

)

select * from windowed
