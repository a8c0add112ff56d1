with

journeys as (

    select
        *,
        lag(channel) over (
            partition by tenant_id, subject_kind, journey_id
            order by step asc nulls last
        ) as previous_channel

    from {{ ref('attribution_journeys') }}

    where outcome <> 'open'

),

moves as (

    select
        tenant_id,
        subject_kind,
        outcome_date,
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state

    from journeys

    where previous_channel is distinct from channel

    union all

    select
        tenant_id,
        subject_kind,
        outcome_date,
        channel as from_state,
        '(' || outcome || ')' as to_state

    from journeys

    where step = steps

),

counted as (

    select
        tenant_id,
        subject_kind,
        {{ month_of('outcome_date') }} as outcome_month,
        from_state,
        to_state,
        cast(count(*) as bigint) as transitions

    from moves

    group by
        tenant_id, subject_kind, {{ month_of('outcome_date') }}, from_state,
        to_state

)

select * from counted
