-- A channel beyond the last row of the matrix would be taken for a dead end.
select count(*) as channels
from {{ ref('dim_channels') }}
having count(*) > {{ var('max_channels') }}
