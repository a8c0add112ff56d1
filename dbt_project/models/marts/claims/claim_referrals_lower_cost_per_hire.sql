with

differences as (

    select * from {{ ref('cost_per_hire_differences') }}

),

-- Hires may be credited in parts: whole ones count.
estimates as (

    select
        tenant_id,
        'referrals_lower_cost_per_hire' as claim,
        'cost_per_hire' as measure,
        period,
        period_start,
        'crude' as adjustment,
        difference as estimate,
        ci_low,
        ci_high,
        cast(null as double) as standard_error,
        cast(floor(referred_hires) as bigint) as n_a,
        cast(floor(other_hires) as bigint) as n_b,
        cast(null as bigint) as events_a,
        cast(null as bigint) as events_b,
        referred_cost_per_hire as value_a,
        other_cost_per_hire as value_b

    from differences

)

select * from estimates
