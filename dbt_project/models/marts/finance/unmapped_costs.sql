with

cost_lines as (

    select * from {{ ref('cost_lines') }}

),

unmapped as (

    select
        tenant_id,
        split_part(source_entity, '.', 1) as source_system,
        coalesce(account_code, '(none)') as account_code,
        coalesce(raw_channel, '(shared)') as raw_channel,
        currency,
        cost_category = 'unmapped' as is_unmapped_account,
        is_unmapped_channel,
        cast(count(*) as bigint) as cost_lines,
        cast(sum(amount) as decimal(18, 4)) as amount

    from cost_lines

    where cost_category = 'unmapped' or is_unmapped_channel

    group by
        tenant_id,
        split_part(source_entity, '.', 1),
        coalesce(account_code, '(none)'),
        coalesce(raw_channel, '(shared)'),
        currency,
        cost_category = 'unmapped',
        is_unmapped_channel

)

select * from unmapped
