with

cost_lines as (

    select *

    from {{ ref('cost_lines') }}

    where is_recruiting_cost or cost_category = 'unmapped'

),

effort as (

    select * from {{ ref('channel_effort') }}

),

spread as (

    select
        cost_lines.*,
        {{ month_of('cost_lines.document_date') }} as document_month,
        cost_lines.channel is null and cost_lines.is_recruiting_cost
            as is_shared

    from cost_lines

),

shared_out as (

    select
        spread.*,
        coalesce(spread.channel, effort.channel, 'unknown') as share_channel,
        case
            when not spread.is_recruiting_cost then 'unmapped'
            when spread.is_shared then 'shared'
            else 'direct'
        end as allocation,
        case
            when not spread.is_shared then 'none'
            else coalesce(effort.driver, 'no_effort')
        end as driver,
        coalesce(effort.events, 1) as events,
        coalesce(effort.running_events, 1) as running_events,
        coalesce(effort.all_events, 1) as all_events

    from spread

    left join effort
        on
            spread.is_shared
            and spread.tenant_id = effort.tenant_id
            and spread.document_month = effort.effort_month

),

-- Differences of rounded running totals: the shares of a line add up to the
-- line, to the last digit, in whatever order they are read.
allocated as (

    select

        ---------- ids
        cost_line_id,
        share_channel as channel,
        tenant_id,
        source_relation,
        source_entity,
        source_record_id,
        document_id,
        vendor_id,
        placement_id,

        ---------- strings
        document_type,
        account_code,
        cost_category,
        allocation,
        driver,
        currency,
        '{{ var("reporting_currency") }}' as reporting_currency,

        ---------- numerics
        cast(events as bigint) as driver_events,
        cast(all_events as bigint) as driver_total,
        cast(amount as decimal(18, 4)) as line_amount,
        {{ running_share('amount', 'events', 'running_events', 'all_events') }}
            as amount,
        {{ running_share(
            'reporting_amount', 'events', 'running_events', 'all_events'
        ) }} as reporting_amount,
        rate_to_reporting,

        ---------- booleans
        is_recruiting_cost,
        is_internal,
        is_comparable,
        rate_to_reporting is null as is_unconverted,

        ---------- dates
        document_date,
        document_month

    from shared_out

)

select * from allocated
