-- Rounds are unrolled to a fixed number (connected_components): a component
-- that needs more would keep several labels.
{% for strength in ['declared', 'linked', 'alike'] %}
select matches.person_match_id

from {{ ref('int_person_matches') }} as matches
inner join {{ ref('int_persons_' ~ strength) }} as here
    on matches.left_unit_id = here.person_record_id
inner join {{ ref('int_persons_' ~ strength) }} as there
    on matches.right_unit_id = there.person_record_id

where
    matches.strength = '{{ strength }}'
    and not matches.is_cut
    and here.would_be_id <> there.would_be_id
{% if not loop.last %}
union all
{% endif %}
{%- endfor %}
