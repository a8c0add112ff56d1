with

placements as (

    select * from {{ ref('fct_placements') }}

),

credits as (

    select
        tenant_id,
        placement_id,
        channel,
        min(converted_date) as converted_date,
        sum(credit) as credit

    from {{ ref('fct_attribution') }}

    where
        attribution_model
        = '{{ var("attribution_model") }}'
        and credit > 0
        and placement_id is not null

    group by tenant_id, placement_id, channel

),

hires as (

    select
        credits.tenant_id,
        credits.placement_id,
        credits.channel,
        channels.is_referral,
        {{ month_of('credits.converted_date') }} as hired_month,
        cast(credits.credit as decimal(18, 12)) as credit,
        cast(sum(credits.credit) over (
            partition by credits.tenant_id, credits.placement_id
            order by credits.channel asc nulls last
            rows between unbounded preceding and current row
        ) as double) as credit_through,
        placements.is_falloff,
        placements.first_year_compensation

    from credits

    inner join placements
        on
            credits.tenant_id = placements.tenant_id
            and credits.placement_id = placements.placement_id

    left join {{ ref('dim_channels') }} as channels
        on credits.channel = channels.channel

)

select * from hires
