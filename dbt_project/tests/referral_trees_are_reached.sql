-- Rounds are unrolled to a fixed number (cycle_edges, tree_roots). A root that
-- came by an edge was not followed to the end; an edge that was cut and closes
-- no circle was cut for want of rounds.
with

trees as (

    select * from {{ ref('referral_trees') }}

)

select trees.node_id as fault

from trees
inner join trees as roots
    on trees.root_id = roots.node_id

where roots.referral_id is not null

union all

select edges.referral_id as fault

from {{ ref('fct_referrals') }} as edges

where
    edges.is_cut_cycle
    and edges.tree_root_person_id is distinct from edges.referred_person_id
