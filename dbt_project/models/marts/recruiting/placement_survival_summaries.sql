{% set horizons = [30, 90, 180, 365] %}

with

life_tables as (

    select * from {{ ref('placement_life_tables') }}

),

summaries as (

    select
        tenant_id,
        population,
        period,
        period_start,
        cut_by,
        cut,
        stratum,
        cast(max(at_risk) as bigint) as n,
        cast(sum(leavers) as bigint) as leavers,
        {% for day in horizons -%}
        cast(sum(case when day >= {{ day }} then exits else 0 end) as bigint)
            as at_risk_{{ day }},
        cast(sum(case when day <= {{ day }} then leavers else 0 end) as bigint)
            as leavers_{{ day }},
        -- Beyond the last day anybody was seen nothing is known, unless
        -- everybody had left by then.
        case
            when max(day) >= {{ day }} or bool_or(is_emptied)
                then coalesce(
                    min(case when day <= {{ day }} then survival end), 1e0
                )
        end as survival_{{ day }},
        case
            when
                (max(day) >= {{ day }} or bool_or(is_emptied))
                and not bool_or(is_emptied and day <= {{ day }})
                then max(case when day <= {{ day }} then hazard end)
        end as hazard_{{ day }},
        max(case when day <= {{ day }} then greenwood end)
            as greenwood_{{ day }},
        {% endfor -%}
        case
            when
                max(day) >= {{ last_followed_day() }} or bool_or(is_emptied)
                then cast(min(day) as double) + max(area_beyond)
        end as rmst,
        cast(sum({{ summable('variance_term') }}) as double) as rmst_variance

    from life_tables

    group by
        tenant_id, population, period, period_start, cut_by, cut, stratum

)

select * from summaries
