with

channel_map as (

    select * from {{ ref('channel_map') }}

),

listed as (

    select
        channel,
        is_referral,
        is_own_outreach

    from channel_map

    union all

    -- The bucket of everything no rule places; never guessed into another.
    select
        'unknown' as channel,
        false as is_referral,
        false as is_own_outreach

),

channels as (

    select
        channel,
        bool_or(is_referral) as is_referral,
        bool_or(is_own_outreach) as is_own_outreach,
        channel = 'unknown' as is_unknown

    from listed

    group by channel

)

select * from channels
