-- Marts read the channel, or whether a word of the map says referral: both have
-- to mean the same.
select
    source_system,
    source_value
from {{ ref('channel_map') }}
where
    is_referral is null
    or is_referral <> (channel = 'referral')
