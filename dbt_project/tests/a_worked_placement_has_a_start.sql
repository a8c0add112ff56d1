-- A completed or terminated placement without a first day would be left out of
-- every count of hires in silence. Its key is in incomplete_placements.
select placement_id

from {{ ref('incomplete_placements') }}

where bucket = 'blocks'
