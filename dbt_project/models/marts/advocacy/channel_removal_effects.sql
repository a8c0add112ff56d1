{#- sqlfluff knows no vars; two rows are enough for it to read. -#}
{%- set size = var('max_channels') | int(2) -%}
{%- set keys = ['tenant_id', 'subject_kind', 'period', 'period_start'] -%}

with

periods as (

    select * from {{ ref('period_months') }}

),

transitions as (

    select
        monthly.tenant_id,
        monthly.subject_kind,
        periods.period,
        periods.period_start,
        monthly.from_state,
        monthly.to_state,
        cast(sum(monthly.transitions) as bigint) as transitions

    from {{ ref('attribution_transitions') }} as monthly

    inner join periods
        on
            monthly.tenant_id = periods.tenant_id
            and monthly.outcome_month = periods.month_start

    group by
        monthly.tenant_id, monthly.subject_kind, periods.period,
        periods.period_start, monthly.from_state, monthly.to_state

),

-- Every channel of a window is left by some transition, so numbering the
-- states that are left numbers them all; (start) is the border of the matrix.
states as (

    select
        {{ keys | join(', ') }},
        from_state as state,
        sum(transitions) as departures,
        case
            when from_state = '(start)' then 0
            else row_number() over (
                partition by
                    {{ keys | join(', ') }},
                    case when from_state = '(start)' then 0 else 1 end
                order by from_state asc nulls last
            )
        end as state_number

    from transitions

    group by {{ keys | join(', ') }}, from_state

),

moves as (

    select
        transitions.*,
        case
            when transitions.to_state = '(conversion)' then 0
            else states.state_number
        end as to_number

    from transitions

    left join states
        on
            transitions.tenant_id = states.tenant_id
            and transitions.subject_kind = states.subject_kind
            and transitions.period = states.period
            and transitions.period_start = states.period_start
            and transitions.to_state = states.state

),

counts as (

    select
        {{ keys | join(', ') }},
        {% for number in range(size + 1) -%}
        sum(case when to_number = {{ number }} then transitions else 0 end)
            as transitions_{{ number }},
        {% endfor -%}
        from_state

    from moves

    group by {{ keys | join(', ') }}, from_state

),

-- I - Q over the channels, bordered by the way out to (conversion) and, in
-- row 0, by the way in from (start) with its sign turned.
matrices as (

    select
        {% for key in keys -%}
        states.{{ key }},
        {% endfor -%}
        states.state,
        states.state_number,
        {% for number in range(1, size + 1) -%}
        case when states.state_number = {{ number }} then 1e0 else 0e0 end
        - cast(counts.transitions_{{ number }} as double)
        / states.departures as value_{{ number }},
        {% endfor -%}
        cast(counts.transitions_0 as double) / states.departures as value_0

    from states

    inner join counts
        on
            states.tenant_id = counts.tenant_id
            and states.subject_kind = counts.subject_kind
            and states.period = counts.period
            and states.period_start = counts.period_start
            and states.state = counts.from_state

),

solved as (

    {{ swept_matrices('matrices', keys, size) }}

),

-- Row 0 now holds the expected visits from (start) and, in column 0, the
-- probability of a conversion from there.
visits as (

    select
        *,
        case state_number
            {% for number in range(1, size + 1) -%}
            when {{ number }} then value_{{ number }}
            {% endfor -%}
        end as own_visits,
        case state_number
            {% for number in range(1, size + 1) -%}
            when {{ number }}
                then
                    max(
                        case when state_number = 0 then value_{{ number }} end
                    ) over (partition by {{ keys | join(', ') }})
            {% endfor -%}
        end as start_visits,
        max(case when state_number = 0 then value_0 end) over (
            partition by {{ keys | join(', ') }}
        ) as conversion_probability

    from solved

),

effects as (

    select
        {{ keys | join(', ') }},
        state as channel,
        cast(conversion_probability as double) as conversion_probability,
        -- Adding zero makes 0 of the -0 that elimination may leave.
        cast(
            start_visits / nullif(own_visits, 0e0)
            * value_0 / nullif(conversion_probability, 0e0) + 0e0 as double
        ) as removal_effect

    from visits

    where state_number > 0

)

select * from effects
