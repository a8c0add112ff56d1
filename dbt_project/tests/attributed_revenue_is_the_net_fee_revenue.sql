-- Candidates stand for the revenue of placements that started, clients for the
-- revenue of every known company; both to the last digit, for each model.
with

attributed as (

    select
        tenant_id,
        attribution_model,
        subject_kind,
        sum(credited_revenue) as credited_revenue

    from {{ ref('fct_attribution') }}

    group by tenant_id, attribution_model, subject_kind

),

earned as (

    select
        tenant_id,
        sum(
            case
                when placement_state = 'started_placement' then reporting_amount
                else 0
            end
        ) as candidate_revenue,
        sum(
            case
                when
                    clients.conversion_id is not null
                    then revenue.reporting_amount
                else 0
            end
        ) as client_revenue

    from (
        select
            revenue.*,
            companies.top_company_id
        from {{ ref('fct_revenue') }} as revenue
        left join {{ ref('dim_companies') }} as companies
            on revenue.company_id = companies.company_id
    ) as revenue

    left join (
        select distinct
            conversion_id,
            company_id as client_id
        from {{ ref('fct_attribution') }}
        where subject_kind = 'client'
    ) as clients
        on revenue.top_company_id = clients.client_id

    group by tenant_id

)

select
    attributed.tenant_id,
    attributed.attribution_model,
    attributed.subject_kind,
    attributed.credited_revenue
from attributed
left join earned
    on attributed.tenant_id = earned.tenant_id
where
    attributed.credited_revenue <> coalesce(
        case
            when attributed.subject_kind = 'candidate'
                then earned.candidate_revenue
            else earned.client_revenue
        end,
        0
    )
