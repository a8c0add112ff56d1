select overrides.person_override_id

from {{ ref('int_person_overrides') }} as overrides
inner join {{ ref('int_person_members') }} as one
    on overrides.left_record_id = one.person_record_id
inner join {{ ref('int_person_members') }} as other
    on overrides.right_record_id = other.person_record_id

where
    overrides.is_in_force
    and overrides.decision = 'different'
    and one.person_id = other.person_id
