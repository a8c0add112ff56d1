with

cost_lines as (

    select *

    from {{ ref('cost_lines') }}

    where is_recruiting_cost or cost_category = 'unmapped'

),

effort as (

    select * from {{ ref('channel_effort') }}

),

own_effort as (

    select distinct
        tenant_id,
        effort_key,
        effort_month

    from effort

    where effort_key <> '(all)'

),

dated as (

    select
        *,
        {{ month_of('document_date') }} as document_month

    from cost_lines

),

spread as (

    select
        dated.*,
        dated.channel is null and dated.is_recruiting_cost as is_shared,
        coalesce(own_effort.effort_key, '(all)') as effort_key,
        -- Null meets no effort: a direct line has one share.
        case
            when dated.channel is null and dated.is_recruiting_cost
                then coalesce(own_effort.effort_key, '(all)')
        end as shared_key

    from dated

    left join own_effort
        on
            dated.tenant_id = own_effort.tenant_id
            and dated.recruiter_id = own_effort.effort_key
            and dated.document_month = own_effort.effort_month

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
        case
            when not spread.is_shared then 'none'
            when effort.driver is null then 'none'
            when spread.effort_key = '(all)' then 'agency'
            else 'recruiter'
        end as driver_scope,
        coalesce(effort.events, 1) as events,
        coalesce(effort.running_events, 1) as running_events,
        coalesce(effort.all_events, 1) as all_events

    from spread

    left join effort
        on
            spread.tenant_id = effort.tenant_id
            and spread.document_month = effort.effort_month
            and spread.shared_key = effort.effort_key

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
        recruiter_id,

        ---------- strings
        document_type,
        account_code,
        cost_category,
        case when is_internal then 'internal' else 'external' end
            as component,
        allocation,
        driver,
        driver_scope,
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
