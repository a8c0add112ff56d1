with

vendor_costs as (

    select *

    from {{ ref('int_vendor_costs') }}

    where is_posted

),

placements as (

    select *

    from {{ ref('int_placements') }}

    where is_started and referral_fee_amount <> 0

),

categories as (

    select * from {{ ref('cost_category_map') }}

),

channel_map as (

    select * from {{ ref('channel_map') }}

),

rates as (

    select * from {{ ref('document_rates') }}

),

billed as (

    select
        vendor_costs.vendor_cost_id as cost_line_id,
        vendor_costs.tenant_id,
        vendor_costs.source_relation,
        vendor_costs.source_entity,
        vendor_costs.source_record_id,
        vendor_costs.document_id,
        vendor_costs.document_type,
        vendor_costs.vendor_id,
        vendor_costs.placement_id,
        vendor_costs.account_code,
        coalesce(categories.cost_category, 'unmapped') as cost_category,
        nullif(trim(vendor_costs.channel), '') as raw_channel,
        vendor_costs.currency,
        vendor_costs.amount,
        coalesce(categories.is_recruiting_cost, false) as is_recruiting_cost,
        coalesce(categories.is_internal, false) as is_internal,
        coalesce(categories.is_comparable, false) as is_comparable,
        cast(null as string) as recruiter_id,
        vendor_costs.document_date

    from vendor_costs

    left join categories
        on
            vendor_costs.account_code = categories.account_code
            and split_part(vendor_costs.source_entity, '.', 1)
            = categories.source_system

),

billed_bounties as (

    select distinct placement_id

    from billed

    where cost_category = 'referral_bonuses' and placement_id is not null

),

-- A bounty is written in the placement and billed as well: the bill counts.
unbilled_bounties as (

    select
        'referral_fee:' || placements.placement_id as cost_line_id,
        placements.tenant_id,
        placements.source_relation,
        placements.source_entity,
        placements.source_record_id,
        placements.placement_id as document_id,
        'referral_fee' as document_type,
        cast(null as string) as vendor_id,
        placements.placement_id,
        cast(null as string) as account_code,
        'referral_bonuses' as cost_category,
        'referral' as raw_channel,
        -- Owed by the agency to a person, not billed to the client: bounties
        -- are agreed and paid in the agency's own currency.
        '{{ var("reporting_currency") }}' as currency,
        placements.referral_fee_amount as amount,
        true as is_recruiting_cost,
        false as is_internal,
        true as is_comparable,
        cast(null as string) as recruiter_id,
        placements.start_date as document_date

    from placements

    left join billed_bounties
        on placements.placement_id = billed_bounties.placement_id

    where billed_bounties.placement_id is null

),

-- The agency's own staff and rooms, as it states them.
internal as (

    select
        cost_line_id,
        tenant_id,
        'internal_costs' as source_relation,
        'internal_costs.rows' as source_entity,
        cost_line_id as source_record_id,
        cost_line_id as document_id,
        'internal_cost' as document_type,
        cast(null as string) as vendor_id,
        cast(null as string) as placement_id,
        cast(null as string) as account_code,
        cost_kind as cost_category,
        channel as raw_channel,
        currency,
        amount,
        true as is_recruiting_cost,
        true as is_internal,
        true as is_comparable,
        recruiter_id,
        document_date

    from {{ ref('internal_cost_lines') }}

    where not is_left_out

),

unioned as (

    select * from billed

    union all

    select * from unbilled_bounties

    union all

    select * from internal

),

placed as (

    select
        unioned.*,
        -- Bonuses to referrers belong to their channel, tracked or not.
        case
            when unioned.cost_category = 'referral_bonuses' then 'referral'
            when unioned.raw_channel is null then null
            when unioned.document_type = 'internal_cost'
                then unioned.raw_channel
            else coalesce(channel_map.channel, 'unknown')
        end as channel,
        unioned.raw_channel is not null
        and channel_map.channel is null
        and unioned.cost_category <> 'referral_bonuses'
        and unioned.document_type <> 'internal_cost' as is_unmapped_channel,
        rates.rate_to_reporting,
        cast(
            unioned.amount * rates.rate_to_reporting as decimal(18, 4)
        ) as reporting_amount

    from unioned

    left join channel_map
        on
            lower(unioned.raw_channel) = channel_map.source_value
            and split_part(unioned.source_entity, '.', 1)
            = channel_map.source_system

    left join rates
        on
            unioned.currency = rates.currency
            and unioned.document_date = rates.document_date

)

select * from placed
