{% set series %}
tenant_id, population, period, period_start, cut_by, cut, stratum
{%- endset %}

with

exits as (

    select * from {{ ref('placement_exits') }}

),

-- Who leaves or is last seen on a day was at risk on it: leaving comes before
-- the end of observation.
at_risk as (

    select
        *,
        cast(sum(exits) over (
            partition by {{ series }}
            order by day desc nulls last
            rows between unbounded preceding and current row
        ) as bigint) as at_risk

    from exits

),

terms as (

    select
        *,
        leavers = at_risk as is_emptied,
        {{ summable(
            'case when leavers < at_risk'
            ~ ' then ln(1e0 - cast(leavers as double) / at_risk) else 0e0 end'
        ) }} as log_term,
        {{ summable(
            'case when leavers < at_risk then cast(leavers as double)'
            ~ ' / (cast(at_risk as double) * (at_risk - leavers)) else 0e0 end'
        ) }} as greenwood_term

    from at_risk

),

summed as (

    select
        *,
        cast(-sum(log_term) over (
            partition by {{ series }}
            order by day asc nulls last
            rows between unbounded preceding and current row
        ) as double) as hazard,
        cast(sum(greenwood_term) over (
            partition by {{ series }}
            order by day asc nulls last
            rows between unbounded preceding and current row
        ) as double) as greenwood,
        coalesce(
            lead(day) over (
                partition by {{ series }} order by day asc nulls last
            ),
            {{ last_followed_day() }}
        ) as next_day

    from terms

),

survived as (

    select
        *,
        case when is_emptied then 0e0 else exp(-hazard) end as survival

    from summed

),

areas as (

    select
        *,
        {{ summable('survival * (next_day - day)') }} as area

    from survived

),

-- Area under the curve from this day to day 365.
beyond as (

    select
        *,
        sum(area) over (
            partition by {{ series }}
            order by day desc nulls last
            rows between unbounded preceding and current row
        ) as area_beyond

    from areas

),

-- What one placement more would change in the area, per placement: a leaver
-- takes the area beyond its day, all who were at risk share it.
influences as (

    select
        *,
        cast(area_beyond as double) * cast(greenwood_term as double)
            as shared_area,
        case
            when leavers < at_risk
                then cast(area_beyond as double) / (at_risk - leavers)
            else 0e0
        end as own_area

    from beyond

),

influenced as (

    select
        *,
        cast(sum({{ summable('shared_area') }}) over (
            partition by {{ series }}
            order by day asc nulls last
            rows between unbounded preceding and current row
        ) as double) as stayer_influence

    from influences

),

life_tables as (

    select
        {{ series }},
        cast(day as int) as day,
        at_risk,
        leavers,
        exits,
        is_emptied,
        survival,
        case when not is_emptied then hazard end as hazard,
        case when not is_emptied then greenwood end as greenwood,
        cast(area_beyond as double) as area_beyond,
        -- After the last has left no area is beyond.
        cast(area_beyond as double) * shared_area as variance_term,
        stayer_influence,
        stayer_influence - own_area as leaver_influence

    from influenced

)

select * from life_tables
