with

companies as (

    select * from {{ ref('dim_companies') }}

),

-- Earlier days are slips of the pen; nothing is counted before.
lines as (

    select
        revenue.tenant_id,
        companies.top_company_id as company_id,
        min(
            case when revenue.document_type = 'invoice' then document_date end
        ) as first_invoice_date,
        min(revenue.document_month) as first_month

    from {{ ref('fct_revenue') }} as revenue

    inner join companies
        on
            revenue.tenant_id = companies.tenant_id
            and revenue.company_id = companies.company_id

    where
        revenue.document_date
        between cast('1990-01-01' as date) and {{ as_of_date() }}

    group by revenue.tenant_id, companies.top_company_id

),

starts as (

    select
        placements.tenant_id,
        companies.top_company_id as company_id,
        min(placements.start_month) as first_month

    from {{ ref('fct_placements') }} as placements

    inner join companies
        on
            placements.tenant_id = companies.tenant_id
            and placements.company_id = companies.company_id

    where
        placements.is_started
        and placements.start_date
        between cast('1990-01-01' as date) and {{ as_of_date() }}

    group by placements.tenant_id, companies.top_company_id

),

-- The model of the marts gives the whole credit to one touchpoint.
attribution as (

    select
        tenant_id,
        company_id,
        min(channel) as channel,
        bool_or(is_referral) as is_referral,
        bool_or(is_referral_unknown) as is_referral_unknown

    from {{ ref('fct_attribution') }}

    where
        subject_kind = 'client'
        and attribution_model = 'referral_first'
        and credit > 0

    group by tenant_id, company_id

),

lives as (

    select
        lines.tenant_id,
        lines.company_id,
        coalesce(attribution.channel, 'unknown') as attributed_channel,
        case
            when attribution.is_referral then 'referred'
            when
                attribution.is_referral_unknown
                or attribution.company_id is null
                then 'unknown'
            else 'not_referred'
        end as referral_status,
        lines.first_invoice_date,
        {{ month_of('lines.first_invoice_date') }} as first_invoice_month,
        -- A contractor is paid, and a candidate starts, before the invoice.
        least(
            lines.first_month, coalesce(starts.first_month, lines.first_month)
        ) as first_month

    from lines

    left join starts
        on
            lines.tenant_id = starts.tenant_id
            and lines.company_id = starts.company_id

    left join attribution
        on
            lines.tenant_id = attribution.tenant_id
            and lines.company_id = attribution.company_id

    where lines.first_invoice_date is not null

)

select * from lives
