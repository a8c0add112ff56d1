with

edges as (

    select
        *,
        tenant_id || '|' || referrer_node as referrer_node_id,
        tenant_id || '|' || referred_node as referred_node_id

    from {{ ref('referral_edges') }}

),

trees as (

    select * from {{ ref('referral_trees') }}

),

-- The edge by which somebody came is in the tree, or it closed a circle.
arrivals as (

    select
        referral_id,
        row_number() over (
            partition by tenant_id, referred_node
            order by referred_at asc nulls last, referral_id asc nulls last
        ) = 1 as is_arrival

    from edges

    where is_settled

),

applications as (

    select
        edges.referral_id,
        max_by(
            applications.status_group,
            cast(applications.applied_at as string)
            || applications.application_id
        ) as status_group

    from edges

    inner join {{ ref('int_applications') }} as applications
        on
            edges.tenant_id = applications.tenant_id
            and edges.referred_person_id = applications.person_id

    where
        edges.subject_kind = 'candidate'
        and cast(applications.applied_at as date)
        >= cast(edges.referred_at as date)
        and cast(applications.applied_at as date) <= {{ as_of_date() }}

    group by edges.referral_id

),

deals as (

    select
        companies.top_company_id as company_id,
        bool_or(opportunities.closed_at is null) as is_open

    from {{ ref('int_opportunities') }} as opportunities

    inner join {{ ref('int_companies') }} as companies
        on opportunities.company_id = companies.company_id

    where cast(opportunities.opened_at as date) <= {{ as_of_date() }}

    group by companies.top_company_id

),

-- The referrer's last start before they referred.
own_placements as (

    select
        edges.tenant_id,
        edges.referral_id,
        placements.placement_id,
        {{ days_between('placements.start_date', 'edges.referred_at') }}
            as days_from_placement,
        row_number() over (
            partition by edges.tenant_id, edges.referral_id
            order by
                placements.start_date desc nulls last,
                placements.placement_id desc nulls last
        ) as start_rank

    from edges

    inner join {{ ref('int_placements') }} as placements
        on
            edges.tenant_id = placements.tenant_id
            and edges.referrer_person_id = placements.person_id

    where
        placements.is_started
        and placements.start_date <= cast(edges.referred_at as date)

),

joined as (

    select

        ---------- ids
        edges.referral_id,
        edges.tenant_id,
        edges.referrer_person_id,
        edges.referrer_recruiter_id,
        edges.referred_person_id,
        edges.referred_company_id,
        edges.placement_id,
        own_placements.placement_id as referrer_placement_id,
        nullif(
            split_part(
                coalesce(trees.root_id, edges.referrer_node_id), '|person:', 2
            ), ''
        ) as tree_root_person_id,

        ---------- strings
        edges.subject_kind,
        edges.referrer_kind,
        edges.evidence,
        case
            when edges.referred_at is null then 'undated'
            when edges.conversion_id is not null
                then
                    case edges.subject_kind
                        when 'candidate' then 'placed' else 'client_won'
                    end
            when edges.is_late then 'after_conversion'
            when edges.subject_kind = 'client'
                then
                    case
                        when deals.is_open then 'in_process'
                        when not deals.is_open then 'lost'
                        else 'no_deal'
                    end
            when applications.status_group is null then 'no_application'
            when applications.status_group in ('applied', 'unknown')
                then 'applied'
            when applications.status_group in ('rejected', 'withdrawn')
                then applications.status_group
            else 'in_process'
        end as outcome,

        ---------- numerics
        cast(edges.evidence_strength as int) as evidence_strength,
        edges.evidence_records,
        cast(1 + coalesce(trees.depth, 0) as int) as generation,
        cast(coalesce(trees.tree_size, 2) as bigint) as tree_size,
        cast(own_placements.days_from_placement as int) as days_from_placement,
        cast(edges.days_to_conversion as int) as days_to_conversion,

        ---------- booleans
        edges.is_self_referral,
        edges.is_settled,
        edges.is_competing,
        coalesce(
            arrivals.is_arrival
            and coalesce(coming.referral_id, '') <> edges.referral_id,
            false
        ) as is_cut_cycle,
        edges.is_settled and edges.conversion_id is not null as is_successful,

        ---------- dates
        edges.converted_date,

        ---------- timestamps
        cast(edges.referred_at as timestamp) as referred_at

    from edges

    left join trees
        on edges.referrer_node_id = trees.node_id

    left join trees as coming
        on edges.referred_node_id = coming.node_id

    left join arrivals
        on edges.referral_id = arrivals.referral_id

    left join applications
        on edges.referral_id = applications.referral_id

    left join deals
        on edges.referred_company_id = deals.company_id

    left join own_placements
        on
            edges.referral_id = own_placements.referral_id
            and own_placements.start_rank = 1

)

select * from joined
