with

periods as (

    select * from {{ ref('period_months') }}

),

votes as (

    select * from {{ ref('survey_votes') }}

    where measure = 'nps' and audience = 'client'

),

tallied as (

    select
        tenant_id,
        audience,
        survey_kind,
        trigger,
        population,
        top_company_id,
        vote_month,
        next_month,
        count(*) as answers,
        sum(case when is_high then 1 else 0 end) as promoters,
        sum(case when is_low then 1 else 0 end) as detractors

    from votes

    group by
        tenant_id, audience, survey_kind, trigger, population, top_company_id,
        vote_month, next_month

),

companies as (

    select
        tallied.tenant_id,
        periods.period,
        periods.period_start,
        tallied.audience,
        tallied.survey_kind,
        tallied.trigger,
        tallied.population,
        tallied.top_company_id,
        bool_and(periods.is_finished) as is_finished,
        cast(sum(tallied.answers) as bigint) as answers,
        100e0 * cast(sum(tallied.promoters - tallied.detractors) as double)
        / cast(sum(tallied.answers) as double) as company_nps

    from tallied

    inner join periods
        on
            tallied.tenant_id = periods.tenant_id
            and tallied.vote_month = periods.month_start

    where
        tallied.next_month is null
        or tallied.next_month >= periods.period_end

    group by
        tallied.tenant_id, periods.period, periods.period_start,
        tallied.audience, tallied.survey_kind, tallied.trigger,
        tallied.population, tallied.top_company_id

),

-- The client book of a period: companies that were invoiced in it or answered
-- in it.
active_months as (

    select
        revenue.tenant_id,
        companies.top_company_id,
        {{ month_of('revenue.document_date') }} as active_month

    from {{ ref('fct_revenue') }} as revenue

    inner join {{ ref('int_companies') }} as companies
        on
            revenue.tenant_id = companies.tenant_id
            and revenue.company_id = companies.company_id

    where
        revenue.document_type = 'invoice'
        and revenue.document_date <= {{ as_of_date() }}

    union

    select
        tenant_id,
        top_company_id,
        vote_month as active_month

    from votes

    where survey_kind = 'relationship' and top_company_id is not null

),

active as (

    select
        *,
        lead(active_month) over (
            partition by tenant_id, top_company_id
            order by active_month asc nulls last
        ) as next_month

    from active_months

),

books as (

    select
        active.tenant_id,
        periods.period,
        periods.period_start,
        cast(count(*) as bigint) as client_book

    from active

    inner join periods
        on
            active.tenant_id = periods.tenant_id
            and active.active_month = periods.month_start

    where active.next_month is null or active.next_month >= periods.period_end

    group by active.tenant_id, periods.period, periods.period_start

),

-- Sums of decimals are the same in any order, sums of doubles are not.
scored as (

    select
        *,
        cast(company_nps as decimal(18, 10)) as score,
        cast(
            sum(cast(company_nps as decimal(18, 10))) over (
                partition by
                    tenant_id, period, period_start, survey_kind, trigger,
                    population
            ) as double
        ) / count(*) over (
            partition by
                tenant_id, period, period_start, survey_kind, trigger,
                population
        ) as mean

    from companies

    where top_company_id is not null

),

rolled as (

    select
        tenant_id,
        period,
        period_start,
        audience,
        survey_kind,
        trigger,
        population,
        bool_and(is_finished) as is_finished,
        cast(count(*) as bigint) as n,
        cast(
            sum(case when answers < {{ var('suppression_k') }} then 1 else 0 end)
            as bigint
        ) as small_companies,
        cast(sum(score) as double) as total,
        min(mean) as mean,
        case
            when count(*) > 1
                then sqrt(
                    cast(
                        sum(
                            cast(
                                (company_nps - mean) * (company_nps - mean)
                                as decimal(28, 14)
                            )
                        ) as double
                    ) / (count(*) - 1)
                )
        end as deviation

    from scored

    group by
        tenant_id, period, period_start, audience, survey_kind, trigger,
        population

),

without_company as (

    select
        tenant_id,
        period,
        period_start,
        survey_kind,
        trigger,
        population,
        answers

    from companies

    where top_company_id is null

),

counted as (

    select
        rolled.*,
        case when rolled.survey_kind = 'relationship' then books.client_book end
            as client_book,
        coalesce(without_company.answers, 0) as answers_without_company

    from rolled

    left join without_company
        on
            rolled.tenant_id = without_company.tenant_id
            and rolled.period = without_company.period
            and rolled.period_start = without_company.period_start
            and rolled.survey_kind = without_company.survey_kind
            and rolled.trigger = without_company.trigger
            and rolled.population = without_company.population

    left join books
        on
            rolled.tenant_id = books.tenant_id
            and rolled.period = books.period
            and rolled.period_start = books.period_start

)

select * from counted
