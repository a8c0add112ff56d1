{% set window = 'partition by tenant_id, company_id order by month_start' %}

with

months as (

    select month_start

    from {{ month_spine("cast('1990-01-01' as date)", month_of(as_of_date())) }}

),

companies as (

    select * from {{ ref('dim_companies') }}

),

dense as (

    select
        lives.*,
        months.month_start

    from {{ ref('client_lives') }} as lives

    inner join months
        on lives.first_month <= months.month_start

),

billed as (

    select
        revenue.tenant_id,
        companies.top_company_id as company_id,
        revenue.document_month as month_start,
        sum(revenue.reporting_amount) as net_fee_amount,
        count(distinct case
            when revenue.document_type = 'invoice' then revenue.document_id
        end) as invoices,
        sum(case when revenue.is_unconverted then 1 else 0 end)
            as unconverted_lines

    from {{ ref('fct_revenue') }} as revenue

    inner join companies
        on
            revenue.tenant_id = companies.tenant_id
            and revenue.company_id = companies.company_id

    where revenue.document_date <= {{ as_of_date() }}

    group by
        revenue.tenant_id, companies.top_company_id, revenue.document_month

),

started as (

    select
        placements.tenant_id,
        companies.top_company_id as company_id,
        placements.start_month as month_start,
        count(*) as placements_started

    from {{ ref('fct_placements') }} as placements

    inner join companies
        on
            placements.tenant_id = companies.tenant_id
            and placements.company_id = companies.company_id

    where placements.is_started and placements.start_date <= {{ as_of_date() }}

    group by
        placements.tenant_id, companies.top_company_id, placements.start_month

),

-- One answer per contact, survey and month, the latest.
ranked_answers as (

    select
        responses.tenant_id,
        companies.top_company_id as company_id,
        responses.submitted_month as month_start,
        responses.band,
        row_number() over (
            partition by
                responses.tenant_id, companies.top_company_id,
                responses.submitted_month, responses.form_id,
                responses.respondent_key
            order by
                responses.submitted_at desc nulls last,
                responses.response_id desc nulls last
        ) as answer_rank

    from {{ ref('fct_survey_responses') }} as responses

    inner join companies
        on
            responses.tenant_id = companies.tenant_id
            and responses.company_id = companies.company_id

    where
        responses.audience = 'client'
        and responses.survey_kind = 'relationship'
        and responses.submitted_date <= {{ as_of_date() }}

),

answered as (

    select
        tenant_id,
        company_id,
        month_start,
        count(*) as answers,
        sum(case when band = 'promoter' then 1 else 0 end) as promoters,
        sum(case when band = 'detractor' then 1 else 0 end) as detractors

    from ranked_answers

    where answer_rank = 1

    group by tenant_id, company_id, month_start

),

joined as (

    select
        dense.*,
        opinions.nps_band,
        opinions.understood,
        opinions.mean_score,
        cast(coalesce(billed.net_fee_amount, 0) as decimal(18, 4))
            as net_fee_amount,
        coalesce(billed.invoices, 0) as invoices,
        coalesce(billed.unconverted_lines, 0) as unconverted_lines,
        coalesce(started.placements_started, 0) as placements_started,
        coalesce(answered.answers, 0) as answers,
        coalesce(answered.promoters, 0) as promoters,
        coalesce(answered.detractors, 0) as detractors

    from dense

    left join billed
        on
            dense.tenant_id = billed.tenant_id
            and dense.company_id = billed.company_id
            and dense.month_start = billed.month_start

    left join started
        on
            dense.tenant_id = started.tenant_id
            and dense.company_id = started.company_id
            and dense.month_start = started.month_start

    left join answered
        on
            dense.tenant_id = answered.tenant_id
            and dense.company_id = answered.company_id
            and dense.month_start = answered.month_start

    left join {{ ref('client_opinions') }} as opinions
        on
            dense.tenant_id = opinions.tenant_id
            and dense.company_id = opinions.company_id
            and dense.month_start = opinions.month_start

),

-- Rows are dense, so that twelve rows are twelve months.
windowed as (

    select
        *,
        sum(net_fee_amount) over (
            {{ window }} asc nulls last
            rows between 11 preceding and current row
        ) as net_fee_amount_12m,
        sum(net_fee_amount) over (
            {{ window }} asc nulls last
            rows between 23 preceding and 12 preceding
        ) as net_fee_amount_12m_before,
        sum(invoices) over (
            {{ window }} asc nulls last
            rows between 11 preceding and current row
        ) as invoices_12m,
        coalesce(sum(invoices) over (
            {{ window }} asc nulls last
            rows between 23 preceding and 12 preceding
        ), 0) as invoices_12m_before

    from joined

),

client_months as (

    select

        ---------- ids
        tenant_id,
        company_id,

        ---------- strings
        case
            when month_start < first_invoice_month then 'not_yet_invoiced'
            when
                {{ months_later('first_invoice_month', 12) }} > month_start
                then 'new'
            when invoices_12m > 0 and invoices_12m_before > 0 then 'retained'
            when invoices_12m > 0 then 'reactivated'
            when invoices_12m_before > 0 then 'lapsed'
            else 'gone'
        end as status,
        attributed_channel,
        referral_status,
        coalesce(nps_band, 'no_answer') as nps_band_before,
        coalesce(understood, 'no_answer') as understood_before,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        net_fee_amount,
        cast(net_fee_amount_12m as decimal(18, 4)) as net_fee_amount_12m,
        cast(coalesce(net_fee_amount_12m_before, 0) as decimal(18, 4))
            as net_fee_amount_12m_before,
        cast(invoices as bigint) as invoices,
        cast(invoices_12m as bigint) as invoices_12m,
        cast(invoices_12m_before as bigint) as invoices_12m_before,
        cast(unconverted_lines as bigint) as unconverted_lines,
        cast(placements_started as bigint) as placements_started,
        cast(answers as bigint) as answers,
        cast(promoters as bigint) as promoters,
        cast(detractors as bigint) as detractors,
        mean_score as mean_score_before,

        ---------- booleans
        referral_status = 'referred' as is_referred,

        ---------- dates
        month_start,
        first_invoice_date,
        first_invoice_month

    from windowed

)

select * from client_months
