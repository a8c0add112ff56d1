with

given as (

    select
        *,
        {{ month_of('cost_month') }} as counted_month,
        'internal:' || tenant_id
        || ':' || substring(cast(cost_month as string), 1, 7)
        || ':' || cost_kind
        || ':' || coalesce(recruiter_id, '')
        || ':' || coalesce(channel, '')
        || ':' || currency as cost_line_id

    from {{ ref('internal_costs') }}

),

seen as (

    select
        tenant_id,
        {{ month_of('document_date') }} as seen_month
    from {{ ref('int_vendor_costs') }}
    where is_posted
    union all
    select
        tenant_id,
        {{ month_of('document_date') }} as seen_month
    from {{ ref('int_invoice_lines') }}
    where is_posted
    union all
    select
        tenant_id,
        {{ month_of('start_date') }} as seen_month
    from {{ ref('int_placements') }}
    where is_started

),

agencies as (

    select
        tenant_id,
        min(seen_month) as first_month

    from seen

    group by tenant_id

),

recruiters as (

    select
        tenant_id,
        recruiter_id

    from {{ ref('int_recruiters') }}

),

channels as (

    select distinct channel

    from {{ ref('channel_map') }}

),

checked as (

    select
        given.cost_line_id,
        given.tenant_id,
        recruiters.recruiter_id,
        given.cost_kind,
        case
            when given.channel is null then null
            else coalesce(channels.channel, 'unknown')
        end as channel,
        given.currency,
        given.hours,
        cast(
            coalesce(given.amount, given.hours * given.hourly_rate)
            as decimal(18, 4)
        ) as amount,
        given.recruiter_id as given_recruiter_id,
        given.channel as given_channel,
        case
            when given.counted_month < agencies.first_month
                then 'before_first_record'
            when
                given.amount is null
                and (given.hours is null or given.hourly_rate is null)
                then 'no_amount'
            when
                given.recruiter_id is not null
                and recruiters.recruiter_id is null
                then 'unknown_recruiter'
            when
                given.channel is not null
                and given.channel <> 'unknown'
                and channels.channel is null
                then 'unknown_channel'
        end as fault,
        given.counted_month as cost_month,
        -- Wages are due when the month is over: an unfinished month has none.
        {{ add_days(months_later('given.counted_month', 1), -1) }}
            as document_date

    from given

    -- Rows of an agency without records are for another warehouse.
    inner join agencies
        on given.tenant_id = agencies.tenant_id

    left join recruiters
        on
            given.tenant_id = recruiters.tenant_id
            and given.recruiter_id = recruiters.recruiter_id

    left join channels
        on given.channel = channels.channel

),

judged as (

    select
        *,
        coalesce(
            fault in ('before_first_record', 'no_amount'), false
        ) as is_left_out

    from checked

)

select * from judged
