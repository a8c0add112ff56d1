with

-- Of several settled referrals of one person the earliest is how they came.
ranked as (

    select
        *,
        row_number() over (
            partition by tenant_id, referred_node
            order by referred_at asc nulls last, referral_id asc nulls last
        ) as arrival_rank,
        row_number() over (
            order by referred_at asc nulls last, referral_id asc nulls last
        ) as edge_rank

    from {{ ref('referral_edges') }}

    where is_settled

),

arrivals as (

    select
        tenant_id,
        referral_id,
        tenant_id || '|' || referred_node as node_id,
        tenant_id || '|' || referrer_node as parent_id,
        edge_rank

    from ranked

    where arrival_rank = 1

),

{{ cycle_edges('closing', 'arrivals') }},

kept as (

    select arrivals.*

    from arrivals

    left join closing
        on arrivals.edge_rank = closing.edge_rank

    where closing.edge_rank is null

),

{{ tree_roots('roots', 'kept') }},

sizes as (

    select
        root_id,
        count(*) + 1 as tree_size,
        max(depth) as generations

    from roots

    group by root_id

),

nodes as (

    select
        node_id,
        root_id,
        depth
    from roots
    union all
    select
        root_id as node_id,
        root_id,
        0 as depth
    from sizes

)

select
    nodes.node_id,
    split_part(nodes.node_id, '|', 1) as tenant_id,
    nodes.root_id,
    cast(nodes.depth as int) as depth,
    cast(sizes.tree_size as bigint) as tree_size,
    cast(sizes.generations as int) as generations,
    kept.referral_id

from nodes

inner join sizes
    on nodes.root_id = sizes.root_id

left join kept
    on nodes.node_id = kept.node_id
